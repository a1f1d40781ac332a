/*
grain = "One row per quarter and source."
metric = "reach_by_source"
*/
from metric_reach_by_source
