/*
grain = "One row per sponsorship."
metric = "sponsorships"

[columns]
number = "Its place in the configuration"
sponsor = "Who pays"
period = "Its first day"
to_date = "The first day after it"
amount = "How much is paid"
currency = "In which currency"
events = "Events that it is for and that took place"
unmeasured_events = "Those of them where nobody was checked in"
confirmed_attendees = "Who was checked in at one of the others"
cost_per_confirmed = "amount / confirmed_attendees; null: nobody is confirmed"
reached = "Persons whom it reached"
logo = "The file of the sponsor's logo, as the configuration has it; null: none"
*/
with numbered as (
    select number, to_date, logo, sources, is_of_sources
    from sponsorships
    order by sponsor, from_date, number
)

select
    numbered.number
    , counted.sponsor
    , counted.period
    , numbered.to_date
    , counted.amount
    , counted.currency
    , counted.events
    , counted.unmeasured_events
    , counted.confirmed_attendees
    , counted.cost_per_confirmed
    , counted.reached
    , numbered.logo
    , numbered.sources
    , numbered.is_of_sources
from numbered
positional join metric_sponsorships as counted
order by numbered.number
