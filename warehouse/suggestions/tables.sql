-- What is kept from build to build, so that only what is new is looked at again.

-- Accounts that are no bots: what they are called, as given and taken apart.
create table if not exists facts.compared_names (
    account_id varchar, source varchar, name varchar, other_name varchar, handle varchar
    , words varchar[], full_name varchar, squashed varchar, skeleton varchar
    , handle_words varchar[], handle_key varchar, stem varchar
);

-- What two accounts may share that makes them worth comparing.
create table if not exists facts.compared_keys (account_id varchar, source varchar, key varchar);

-- What else is compared of them, but for hours and days: these change only where `acts`, `acts_xor`
-- or `acts_sum` do, the number of activities and two sums of what tells them apart.
create table if not exists facts.compared_habits (
    account_id varchar, place varchar, timezone varchar, namesakes integer, with_initial integer
    , arrived integer, acts bigint, acts_xor ubigint, acts_sum hugeint
    , events bigint[], events_offset_minutes integer, span double, a_day double
);

create table if not exists facts.compared_pairs (
    account_a varchar, source_a varchar, account_b varchar, source_b varchar
    , bits double, reasons varchar[]
);
