"""The steps as Prefect flows: a task per source, then build, then publish.

Nothing is retried here: `connectors/http.py` does that, and a failed run is taken up by the next.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect reads it while it is imported.

from prefect import Flow, State, flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import FailedRun
from prefect.states import Completed, Failed

from pipelines import steps
from pipelines.failures import PartlyFailed, explain
from pipelines.prefect import server as prefect_server
from pipelines.settings import Settings, load

PROGRESS_SECONDS = 10.0


def _is_news(record: logging.LogRecord) -> bool:
    """A red run has said why; the process that ran it would add a trace of Prefect's own code."""
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
    """Pull what is new, build and publish; fails if a source did, with what is sound published.

    Args:
        config: Path of vitals.toml; else $VITALS_CONFIG, else ./vitals.toml.
        sources: Names of the sources to pull; else all that have a token.
        full: Read everything again.
        build: Build and publish after the pull.
    """
    return _state(lambda: _sync(config, sources or [], full, build))


def _sync(config: str | None, names: list[str], full: bool, is_built: bool) -> str:
    path = Path(config) if config else None
    settings = load(path, with_tokens=True, read_block=prefect_server.read_secret)
    ready, without = steps.with_token(settings, names)
    for name in without:
        get_run_logger().warning(steps.passed_over(settings, name))
    pulls = [pull.submit(settings, name, full) for name in ready]
    for future in pulls:
        future.wait()
    states = [future.state for future in pulls]
    if is_built:
        states += _build(settings)
    return _summary(states)


@flow(name="build")
def build(config: str | None = None) -> State[Any]:
    """Rebuild the marts and publish a snapshot.

    Args:
        config: Path of vitals.toml; else $VITALS_CONFIG, else ./vitals.toml.
    """
    return _state(lambda: _summary(_build(load(Path(config) if config else None))))


def _build(settings: Settings) -> list[State[Any]]:
    built = build_marts(settings, return_state=True)
    return [built, publish(settings, return_state=True)] if built.is_completed() else [built]


@task(task_run_name="pull {name}", cache_policy=NO_CACHE)
def pull(settings: Settings, name: str, full: bool) -> State[Any]:
    """Land what is new on one source; fails at once while another run pulls the same one."""

    def step() -> str:
        try:
            result = steps.sync_source(settings, name, full=full, report=_report())
        except Exception as error:
            raise PartlyFailed(f"{name}: {explain(error)}") from None
        return steps.sentence(result)

    return _state(step)


@task(name="build", task_run_name="build", cache_policy=NO_CACHE)
def build_marts(settings: Settings) -> State[Any]:
    """Bring facts and marts up to what was landed."""

    def step() -> str:
        steps.build(settings, _report())
        return "built"

    return _state(step)


@task(task_run_name="publish", cache_policy=NO_CACHE)
def publish(settings: Settings) -> State[Any]:
    """Publish the built marts as a new snapshot."""
    return _state(lambda: f"published {steps.publish_snapshot(settings).stem}")


def _state(step: Callable[[], str]) -> State[Any]:
    """Completed or Failed with one message: Prefect would log an exception's text and trace."""
    try:
        return Completed(message=step())
    except Exception as error:
        return Failed(message=explain(error))


def _summary(states: list[State[Any]]) -> str:
    failures = [str(state.message) for state in states if not state.is_completed()]
    if failures:
        raise PartlyFailed("\n".join(failures))
    return "; ".join(str(state.message) for state in states) or "nothing to do"


def _report() -> steps.Reporter:
    """Warnings at once, and where we are every ten seconds, to the run's log."""
    logger = get_run_logger()
    told_at = time.monotonic()

    def progress(what: str, done: int, total: int | None) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= PROGRESS_SECONDS:
            told_at = time.monotonic()
            logger.info("%s: %s of %s", what, done, total or "?")

    return steps.Reporter(progress=progress, warn=logger.warning)


def run_sync(config: Path, names: Iterable[str], *, full: bool = False, build: bool = True) -> None:
    """Run the sync in this process, recorded on the configured server or, without one, on a child.

    Raises PartlyFailed with a line per failure, ServerError if the server cannot be reached.
    """
    _run(sync, config, sources=list(names), full=full, build=build)


def run_build(config: Path) -> None:
    """Run the build in this process, as `run_sync`."""
    _run(build, config)


def _run(chosen: Flow[..., State[Any]], config: Path, **parameters: object) -> None:
    with prefect_server.available(load(config)):
        state = chosen(config=str(config.resolve()), **parameters, return_state=True)
    if not state.is_completed():
        raise PartlyFailed(str(state.message))
