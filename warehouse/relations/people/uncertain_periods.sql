/*
grain = "One row per chosen period of the grain: how far the number of people active in it would change, if every open suggestion were true, or if no account were joined."

[columns]
period = "First day of the period"
more = "How many more there were if no account were joined"
fewer = "How many fewer there were if every open suggestion were true"
*/
with active as (
    select period_of(date) as period, account_key
    from marts.account_days
    where
        getvariable('grain') in ('day', 'week')
        and account_key in (select account_key from uncertain_accounts)
    union
    select period_of(month), account_key
    from marts.account_months
    where
        getvariable('grain') in ('month', 'quarter')
        and account_key in (select account_key from uncertain_accounts)
)

select
    active.period
    , count(*) - count(distinct uncertain.person_key) as more
    , count(distinct uncertain.person_key) - count(distinct uncertain.suggested_person_key) as fewer
from active
semi join chosen_periods using (period)
join uncertain_accounts as uncertain using (account_key)
group by active.period
