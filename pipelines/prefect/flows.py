"""The order of `pipelines/run.py` as Prefect flows, in which each step is a task.

Nothing is retried here: `connectors/http.py` does that, and the next run goes on where one failed.
"""

import logging
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect reads it while it is imported.

from prefect import Flow, State, flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import FailedRun
from prefect.states import Completed, Failed

from pipelines import run
from pipelines.failures import PartlyFailed, explain
from pipelines.prefect import server as prefect_server
from pipelines.run import Result, Step
from pipelines.settings import Settings, load
from pipelines.steps import Reporter

PROGRESS_SECONDS = 10.0


def _is_news(record: logging.LogRecord) -> bool:
    """A failed run has said why; the process that ran it would add a trace of Prefect's code."""
    return not (record.exc_info and isinstance(record.exc_info[1], FailedRun))


for logger in ("prefect.engine", "prefect.flow_runs"):
    logging.getLogger(logger).addFilter(_is_news)


@flow(name="sync")
def sync(
    config: str | None = None,
    sources: list[str] | None = None,
    full: bool = False,
    build: bool = True,
) -> State[Any]:
    """Pull what is new, build and publish; fails if a source did, with the others published.

    Args:
        config: Path of vitals.toml; else $VITALS_CONFIG, else ./vitals.toml.
        sources: Names of the sources to pull; else all that have a token.
        full: Read everything again.
        build: Build and publish after the pull.
    """

    def work() -> list[Result]:
        settings = _load(config, tokens_of=sources or [], read_block=prefect_server.read_secret)
        names, report = sources or [], _report()
        return run.sync(settings, names, as_tasks, report, full=full, is_built=build)

    return _state(work)


@flow(name="build")
def build(config: str | None = None) -> State[Any]:
    """Rebuild the marts and publish a snapshot.

    Args:
        config: Path of vitals.toml; else $VITALS_CONFIG, else ./vitals.toml.
    """
    return _state(lambda: run.build(_load(config), as_tasks))


@task(cache_policy=NO_CACHE, task_run_name="{step.name}")
def carry_out(step: Step) -> State[Any]:
    """Carry out one step; its state has one message, since Prefect would log an error's text."""
    result = run.attempt(step, _report())
    return (Failed if result.has_failed else Completed)(message=result.message)


def as_tasks(steps: Sequence[Step]) -> list[Result]:
    """Carry out a single step, or several side by side, as tasks of the present flow run."""
    tasks = [(carry_out.with_options(name=step.name.split()[0]), step) for step in steps]
    if len(tasks) == 1:
        states = [task(step, return_state=True) for task, step in tasks]
    else:
        futures = [task.submit(step) for task, step in tasks]
        for future in futures:
            future.wait()
        states = [future.state for future in futures]
    return [Result(str(state.message), has_failed=not state.is_completed()) for state in states]


def _load(config: str | None, **options: Any) -> Settings:
    return load(Path(config) if config else None, **options)


def _state(work: Callable[[], list[Result]]) -> State[Any]:
    """The state of a flow run, with one message: what was done, or a line per failure."""
    try:
        return Completed(message=run.summary(work()))
    except Exception as error:
        return Failed(message=explain(error))


def _report() -> Reporter:
    """Write warnings at once, and progress every ten seconds, to the run's log."""
    logger = get_run_logger()
    logged_at = time.monotonic()

    def progress(what: str, done: int, total: int | None) -> None:
        nonlocal logged_at
        if time.monotonic() - logged_at >= PROGRESS_SECONDS:
            logged_at = time.monotonic()
            logger.info("%s: %s of %s", what, done, total or "?")

    return Reporter(progress=progress, warn=logger.warning)


def run_flow(chosen: Flow[..., State[Any]], config: Path, **parameters: object) -> None:
    """Run a flow in this process, recorded on the configured server, else on one started for it.

    Raises PartlyFailed with a line per failure, ServerError if the server cannot be reached.
    """
    with prefect_server.available(load(config)):
        state = chosen(config=str(config.resolve()), **parameters, return_state=True)
    if not state.is_completed():
        raise PartlyFailed(str(state.message))
