-- What several relations and metrics compute, each once. The variables are those of a Selection.

-- The first day of a date's period of the chosen grain; weeks begin on Monday.
create or replace temp macro period_of(day) as date_trunc(getvariable('grain'), day)::date;

-- A date is in the chosen time.
create or replace temp macro is_in_chosen_time(day) as
    day >= getvariable('start') and day < getvariable('end');

-- The chosen time touches the period from one day to before another.
create or replace temp macro is_chosen_period(first_day, next_day) as
    next_day > getvariable('start') and first_day < getvariable('end');

-- A time lies in the 30 days, of 24 hours each, after another.
create or replace temp macro is_in_30_days_after(moment, since) as
    moment > since and moment <= since + interval 30 days;

-- A source is among the chosen ones; where none is chosen, all are.
create or replace temp macro is_chosen_source(name) as
    getvariable('sources') is null or list_contains(getvariable('sources'), name);

-- A time in UTC as a time of day in a time zone, without an offset.
create or replace temp macro local_time(utc, zone) as utc at time zone 'UTC' at time zone zone;

-- A time of day in a time zone as a time in UTC.
create or replace temp macro utc_time(moment, zone) as moment at time zone zone at time zone 'UTC';

create or replace temp macro local_date(utc, zone) as local_time(utc, zone)::date;

-- The ends of Wilson's 95 % interval of the share k of n; z is a quantile of the normal distribution.
create or replace temp macro share_bound(k, n, z) as
    (k + z ** 2 / 2 + z * sqrt(k * ((n - k) / n) + z ** 2 / 4)) / (n + z ** 2);

-- Rounding alone would lead out of [0, 1], and past the share; least and greatest pass over null.
create or replace temp macro share_low(k, n) as case when n > 0 and k is not null then
    greatest(least(share_bound(k, n, -1.959964), k / n), 0)
end;

create or replace temp macro share_high(k, n) as case when n > 0 and k is not null then
    least(greatest(share_bound(k, n, 1.959964), k / n), 1)
end;
