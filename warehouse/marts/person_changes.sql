/*
grain = "One row: how persons changed since the snapshot before. A publication fills it in."
not_null = []

[columns]
since_at = "When the snapshot before was published, UTC; null: there is none that can be read"
merged = "How many persons of it are one with another one now; null: not known"
split = "How many persons there are now that were a part of another one in it; null: not known"
*/
select null::timestamp as since_at, null::bigint as merged, null::bigint as split
