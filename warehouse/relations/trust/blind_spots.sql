/*
grain = "One row per chosen source and thing of it that the last good sync could not see."

[columns]
source = "Name of the source"
what = "What cannot be seen"
reason = "Why"
advice = "What to do about it"
*/
from marts.blind_spots
semi join sources using (source)
