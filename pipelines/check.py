"""One cheap question to every source: is the token good, and what will not be seen."""

import time
from collections.abc import Iterator
from threading import Thread

from connectors.base import SourceSettings
from connectors.redaction import message
from pipelines import steps
from pipelines.failures import explain
from pipelines.run import Result
from pipelines.settings import Settings

# Within this time the slowest platform answers a single call.
MOST_SECONDS = 8.0


def check_sources(settings: Settings, report: steps.Reporter) -> Iterator[Result]:
    """Ask all sources at once, and yield the lines of each in their order.

    A source that has not answered within MOST_SECONDS is a failure.
    """
    answers: dict[str, list[Result]] = {}

    def ask(name: str) -> None:
        try:
            unseen = steps.make_connector(settings, name, report).check()
        except Exception as error:
            answers[name] = [Result(f"{name}: {explain(error)}", has_failed=True)]
            return
        lines = [message(f"{name}: will not be seen: {sentence}") for sentence in unseen]
        answers[name] = [Result(line) for line in (f"{name}: the token is good", *lines)]

    ready, without = steps.with_token(settings, ())
    for name in without:
        report.warn(f"{name}: it has no token; files can be imported into it")
    threads = {name: Thread(target=ask, args=[name], daemon=True) for name in ready}
    until = time.monotonic() + MOST_SECONDS
    for thread in threads.values():
        thread.start()
    for name, thread in threads.items():
        thread.join(max(0.0, until - time.monotonic()))
        yield from answers.get(name) or [Result(_silent(settings.source(name)), has_failed=True)]


def _silent(source: SourceSettings) -> str:
    checked = "Is this machine online?"
    if source.base_url:
        checked = "Is this machine online, and the base_url right?"
    return (
        f"{source.name}: no answer within {MOST_SECONDS:.0f} seconds. {checked} If so, the "
        "platform may be down or busy: try again in some minutes"
    )
