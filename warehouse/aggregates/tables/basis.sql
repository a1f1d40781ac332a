/*
grain = "One row: what the numbers were counted from."

[columns]
activities = "Activities, those of bots and staff included"
check_ins = "RSVPs with a check-in, a no-show or an excuse"
accounts = "Accounts that are no bots"
joined_accounts = "Accounts - the persons who have them"
forgotten = "People who are forgotten"
*/
select
    (select count(*) from marts.activities) as activities
    , (select count(check_in) from marts.attendances) as check_ins
    , (select count(*) from marts.authors where not is_bot) as accounts
    , (select count(*) - count(distinct person_key) from marts.authors where not is_bot)
        as joined_accounts
    , (select count(distinct person_id) from facts.forgotten) as forgotten
