/*
grain = "One row per kind of activity."
unique = ["kind"]
not_null = ["kind", "is_participation", "is_opener", "is_answer"]

[columns]
kind = "What somebody did"
is_participation = "Makes its person active in the period it falls in"
is_opener = "Opens a conversation, unless it answers something"
is_answer = "Answers what it points to"
*/
select kind, is_participation, is_opener, is_answer
from (values
    ('message', true, true, false)
  , ('reply', true, false, true)
  , ('huddle', true, false, false)
  , ('issue', true, true, false)
  , ('pull_request', true, true, false)
  , ('discussion', true, true, false)
  , ('comment', true, false, true)
  , ('review', true, false, true)
  , ('commit', true, false, false)
  , ('release', true, false, false)
  , ('attended', true, false, false)
  , ('reaction', false, false, false)
  , ('star', false, false, false)
  , ('fork', false, false, false)
) as kinds (kind, is_participation, is_opener, is_answer)
