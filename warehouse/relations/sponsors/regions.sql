/*
grain = "One row per country or territory."

[columns]
country = "Its ISO 3166-1 code of two letters"
region = "Its region in the geoscheme of the United Nations"
*/
select country, region
from marts.regions
