/*
grain = "One row per period of the chosen grain and person with a contribution in it."

[columns]
period = "First day of the period"
person_key = "The person"
contributions = "How many issues, pull requests, discussions, comments, reviews, commits and releases"
is_new = "The first contribution ever on the chosen sources falls in the period"
*/
select
    period
    , person_key
    , sum(acts)::bigint as contributions
    , period = min(period) over (partition by person_key) as is_new
from code_days
where is_contribution
group by period, person_key
