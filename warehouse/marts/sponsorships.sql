/*
grain = "One row per sponsorship of the configuration."
unique = ["number"]
not_null = ["number", "sponsor", "from_date", "to_date", "events", "groups", "sources", "amount", "currency"]

[columns]
number = "Its place in the configuration"
sponsor = "Who pays"
from_date = "Its first local date"
to_date = "The first local date after it"
events = "Ids or addresses of the events that it is for"
groups = "Ids or names of the groups that it is for"
sources = "The sources that it is for; where nothing is named, it is for everything"
amount = "How much is paid"
currency = "In which currency, as its ISO 4217 code"
logo = "The file of the sponsor's logo, as the configuration has it; null: none"
*/
from facts.sponsorships
