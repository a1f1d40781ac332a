/*
grain = "One row per chosen source and what became of its landed records, whatever the chosen time."

[columns]
source = "Name of the source"
outcome = "What became of them: taken as activity, of people, places and events, or why they were left out"
records = "How many landed records"
is_activity = "They were taken as activity"
is_left_out = "They were left out"
*/
from marts.intake
semi join sources using (source)
