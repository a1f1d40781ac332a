/*
title = "Code"
question = "What is opened and finished in the repositories, and by how many people?"
definition = """
Counts the issues and pull requests of members: those opened in the period, and those closed or
merged in it, whenever they were opened and whoever closed or merged them. Those of bots, staff and
deleted accounts are not counted. contributors: the persons with any contribution in the period,
which is an issue, pull request, discussion, comment, review, commit or release (CHAOSS
Contributors); the co-authors that a commit names are contributors, too. new_contributors: those whose first contribution ever it was. Hours to merge: from
opening to merging, over the pull requests merged in the period. stars, forks: those of members in
the period.
"""
example = """
In May Ada opens an issue and a pull request, Bo comments and stars. In June the pull request is merged 720
hours after it was opened, the issue is closed by a bot, and Cem commits. May: 1 issue and 1 pull request
opened, none closed or merged, 2 contributors, both new, 1 star. June: 1 closed, 1 merged, 1 contributor,
new, 720 hours to merge.
"""
caveats = """
closed and merged are unknown where a chosen source reports only openings and never the state of its
items. An item that was closed, reopened and is open now counts as not closed. An import knows what
happened up to its end and in the hours that it holds; it does not see a closing outside of them. A
sync of a repository with many stars sees late that one was taken back. Since October 2025 GH Archive
does not tell which repository was forked: forks are unknown where nothing else is read. Commits without an account are told apart by e-mail
address, so one person may count several times.
"""
unit = "items"
page = "code"
version = 1
good = "up"
people = """
select person_key, sum(acts)::bigint as activities, state
from (
    select person_key, acts, case kind
        when 'issue' then 'issues_opened'
        when 'pull_request' then 'pull_requests_opened'
        when 'star' then 'stars'
        when 'fork' then 'forks'
    end as state
    from code_days
    where period = $period and kind in ('issue', 'pull_request', 'star', 'fork')
    union all
    select person_key, contributions, case when is_new then 'new' else 'returning' end
    from contributors
    where period = $period
    union all
    select person_key, 1, 'issues_closed'
    from work_items
    where closed_period = $period and kind = 'issue'
    union all
    select person_key, 1, 'pull_requests_merged'
    from work_items
    where merged_period = $period and kind = 'pull_request'
)
group by person_key, state
"""
records = """
from activities
where
    is_code and period = $period
    or activity_id in (
        select item_id
        from work_items
        where kind = 'issue' and closed_period = $period or merged_period = $period
    )
"""

[columns]
period = "First day of the period"
issues_opened = "Issues opened in the period"
issues_closed = "Issues closed in the period; null: not known"
pull_requests_opened = "Pull requests opened in the period"
pull_requests_merged = "Pull requests merged in the period; null: not known"
contributors = "Persons with a contribution in the period"
new_contributors = "Those whose first contribution ever falls in the period"
median_hours_to_merge = "Median hours from opening to merging of those merged in the period; null without any"
stars = "Stars given in the period"
forks = "Forks made in the period; null: not known"
is_complete = "The period is over and the data covers it"

[totals]
new = "sum(new_contributors)::bigint"
returning = "sum(contributors - new_contributors)::bigint"
*/
with acts as (
    select
        period
        , coalesce(sum(acts) filter (kind = 'issue'), 0)::bigint as issues_opened
        , coalesce(sum(acts) filter (kind = 'pull_request'), 0)::bigint as pull_requests_opened
        , coalesce(sum(acts) filter (kind = 'star'), 0)::bigint as stars
        , coalesce(sum(acts) filter (kind = 'fork'), 0)::bigint as forks
    from code_days
    group by period
)

, people as (
    select period, count(*) as contributors, count(*) filter (is_new) as new_contributors
    from contributors
    group by period
)

, closings as (
    select closed_period as period, count(*) as issues_closed
    from work_items
    where kind = 'issue' and closed_period is not null
    group by closed_period
)

, merges as (
    select
        merged_period as period
        , count(*) as pull_requests_merged
        , median(epoch(merged_at - opened_at)) / 3600 as median_hours_to_merge
    from work_items
    where kind = 'pull_request' and merged_period is not null
    group by merged_period
)

, untold as (
    select kind
    from code_days
    anti join work_items using (source, kind)
    where kind in ('issue', 'pull_request')
    group by kind
)

, forks_known as (
    select bool_or(has_synced) as are_told
    from code_sources
)

select
    code_periods.period
    , coalesce(acts.issues_opened, 0) as issues_opened
    , case
        when 'issue' not in (select kind from untold) then coalesce(closings.issues_closed, 0)
    end as issues_closed
    , coalesce(acts.pull_requests_opened, 0) as pull_requests_opened
    , case
        when 'pull_request' not in (select kind from untold)
        then coalesce(merges.pull_requests_merged, 0)
    end as pull_requests_merged
    , coalesce(people.contributors, 0) as contributors
    , coalesce(people.new_contributors, 0) as new_contributors
    , merges.median_hours_to_merge
    , coalesce(acts.stars, 0) as stars
    , case
        when forks_known.are_told or code_periods.period < date '2025-10-01'
        then coalesce(acts.forks, 0)
        else nullif(acts.forks, 0)
    end as forks
    , code_periods.is_complete
from code_periods
cross join forks_known
left join acts using (period)
left join people using (period)
left join closings using (period)
left join merges using (period)
order by code_periods.period
