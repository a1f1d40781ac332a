/*
grain = "One row per quarter."
metric = "reach"
*/
from metric_reach
