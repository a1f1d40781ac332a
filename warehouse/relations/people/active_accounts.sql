/*
grain = "One row per account with a participation in the chosen time on the chosen sources."

[columns]
account_key = "The account"
person_key = "The person"
source = "Name of its source"
participations = "How many participations"
*/
select
    authors.account_key
    , authors.person_key
    , authors.source
    , sum(days.participations)::bigint as participations
from marts.account_days as days
join authors using (account_key)
where is_in_chosen_time(days.date)
group by all
