/*
grain = "One row: what the configuration says about the community."
not_null = ["community", "timezone", "bots", "staff", "min_group_size", "level_window_weeks", "level_regular_weeks", "level_core_weeks"]

[columns]
community = "Name of the community"
timezone = "Its time zone: days, weeks and months are cut in it"
bots = "Accounts that are bots although no platform flags them, by id or handle"
staff = "Accounts of staff, by id or handle"
min_group_size = "A sponsor never sees a group of fewer people"
level_window_weeks = "How many weeks a person's level looks back"
level_regular_weeks = "In how many of them a regular is active"
level_core_weeks = "In how many of them a core member is active"
*/
from facts.settings
