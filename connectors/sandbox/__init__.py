"""A local server with the APIs of all platforms, over a made-up community.

    from connectors.sandbox.community import make_world
    from connectors.sandbox.server import serve
    from connectors.sandbox.state import SANDBOX_TOKEN, Options

    world = make_world(seed=7, members=300, days=365, end=date(2026, 6, 1))
    with serve(world, Options(limits=False)) as sandbox:
        sandbox.slack_url                  # http://127.0.0.1:PORT/slack/api, for base_url
        sandbox.advance(days=3)            # the clock: news shows, waits for limits end
        sandbox.fault("reset", methods=["conversations.history"], count=2)
        sandbox.set_token(scopes=["channels:read"])
        sandbox.set_limits(throttled=True)
        sandbox.stats()["requests"]["slack/conversations.history"]

The clock starts at midnight UTC at the beginning of `end` and moves when told to; for something
that moves with the time of day, pass today's date as `end` and
`Options(clock_start=microseconds(datetime.now(UTC)), is_ticking=True)`.

`serve(world, options, in_process=False)` runs it in a process of its own, for benchmarks, and
`run(world, options, port)` until interrupted. The same seed, size and date give the same bytes.

A test that must not wait gives its client a `sleep` that calls `sandbox.advance(seconds=…)`: the
limits run on the world's clock, so the wait is over at once. `Options(rate_scale=60)` makes a
minute last a second instead; Retry-After is then in real seconds, rounded up.

`connectors.slack.sandbox.export.write_export(world, path, …)` writes the same community as a native
Slack export, `write_downloads` and `write_archive` of `connectors.meetup.sandbox.files` write the
chapters as organisers' files. `sandbox.set_token(signing_key=PEM)` registers the key of a client
that signs assertions for Meetup (its names are in `connectors.meetup.sandbox.token`). A world of
100 chapters, 10,000 events and 500,000 RSVPs is `make_world(members=50_000, days=2_300)` with
`Options(platforms=("meetup",))`.

`truth.truth(world)` tells which person owns which account, `truth.write_truth(world, path)` writes
it as CSV; `vitals demo` leaves it beside its configuration as people-truth.csv.

To find out whether private text was kept anywhere, search for `text.TEXT_MARK` (it is in every
message and private profile field) and for `community.EMAIL_DOMAIN`.

To add a platform, write `connectors/KIND/sandbox/routes.py` with
`routes(sandbox: Sandbox) -> list[BaseRoute]` and `account_ids(world) -> dict[int, str]`. It takes
the people from `world.people`, who they are there from `identities(world, "KIND")`, and random
numbers from `world.stream("KIND")`, and shows what has happened until `sandbox.clock.now()`.
"""
