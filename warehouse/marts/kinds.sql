/*
grain = "One row per kind of activity."
unique = ["kind"]
not_null = ["kind", "is_participation", "is_opener"]

[columns]
kind = "What somebody did"
is_participation = "Makes its person active in the period it falls in"
is_opener = "Answers nothing, and waits for an answer"
*/
select kind, is_participation, is_opener
from (values
    ('message', true, true)
  , ('reply', true, false)
  , ('huddle', true, false)
  , ('issue', true, true)
  , ('pull_request', true, true)
  , ('discussion', true, true)
  , ('comment', true, false)
  , ('review', true, false)
  , ('commit', true, false)
  , ('release', true, false)
  , ('attended', true, false)
  , ('reaction', false, false)
  , ('star', false, false)
  , ('fork', false, false)
) as kinds (kind, is_participation, is_opener)
