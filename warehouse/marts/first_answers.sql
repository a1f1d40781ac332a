/*
grain = "One row per opener that another person answered; two of one id have different dates."
unique = ["date", "activity_key"]
not_null = ["date", "activity_key", "answered_at"]
refresh_by = "date"
whole_on = """
select bit_xor(hash(account_key, person_key, is_bot)) from marts.authors
where is_bot or has_several_accounts
"""

[columns]
date = "Local date of the opener"
activity_key = "The opener, bots' and staff's included"
answered_at = "When another person first answered, staff included, UTC"
*/
-- The key of an account is its person's, but where a person has several: to look up those costs less.
with several as (
    select account_key, person_key
    from marts.authors
    where has_several_accounts
)

, opened as (
    select
        activities.date
        , activities.activity_key
        , activities.occurred_at
        , coalesce(several.person_key, activities.account_key) as person_key
    from marts.activities
    left join several using (account_key)
    where
        activities.kind in (select kind from marts.kinds where is_opener)
        and activities.parent_key is null
)

select opened.date, opened.activity_key, min(answers.occurred_at) as answered_at
from marts.activities as answers
join opened on opened.activity_key = answers.parent_key
left join several on several.account_key = answers.account_key
where
    answers.kind in (select kind from marts.kinds where is_answer)
    and answers.occurred_at >= opened.occurred_at
    and answers.account_key not in (select account_key from marts.authors where is_bot)
    and coalesce(several.person_key, answers.account_key) <> opened.person_key
group by all
