/*
grain = "One row per sponsorship whose time the chosen time touches."

[columns]
number = "Its place in the configuration"
sponsor = "Who pays"
from_date = "Its first date in the community's time zone"
to_date = "The first date after it"
sources = "The sources that it is for"
is_of_sources = "It is for whole sources, or for everything"
amount = "How much is paid"
currency = "In which currency, as its ISO 4217 code"
logo = "The file of the sponsor's logo, as the configuration has it; null: none"
*/
select
    number
    , sponsor
    , from_date
    , to_date
    , sources
    , len(events || groups) = 0 as is_of_sources
    , amount
    , currency
    , logo
from marts.sponsorships
where is_chosen_period(from_date, to_date)
