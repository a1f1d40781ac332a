/*
grain = "One row per quarter and country; one without a country for those of whom none is known."
metric = "reach_places"
*/
from metric_reach_places
