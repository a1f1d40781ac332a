/*
grain = "One row per kind of activity."
unique = ["kind"]
not_null = ["kind", "is_participation", "is_opener", "is_answer", "is_code"]

[columns]
kind = "What somebody did"
is_participation = "Makes its person active in the period it falls in"
is_opener = "Opens a conversation, unless it answers something"
is_answer = "Answers what it points to"
is_code = "Done on a repository; what is no participation there is a signal of reach"
*/
from (values
    ('message', true, true, false, false)
  , ('reply', true, false, true, false)
  , ('huddle', true, false, false, false)
  , ('issue', true, true, false, true)
  , ('pull_request', true, true, false, true)
  , ('discussion', true, true, false, true)
  , ('comment', true, false, true, true)
  , ('review', true, false, true, true)
  , ('commit', true, false, false, true)
  , ('release', true, false, false, true)
  , ('attended', true, false, false, false)
  , ('reaction', false, false, false, false)
  , ('star', false, false, false, true)
  , ('fork', false, false, false, true)
) as kinds (kind, is_participation, is_opener, is_answer, is_code)
