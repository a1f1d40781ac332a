"""The order of `pipelines/run.py` as Prefect flows, in which each step is a task.

Nothing is retried here: `connectors/http.py` does that, and the next run goes on where one failed.
"""

import logging
import os
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from prefect import Flow, State, flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import FailedRun
from prefect.states import Completed, Failed

from connectors.redaction import message
from pipelines import run, stopping
from pipelines.failures import PartlyFailed, ServerError, explain
from pipelines.prefect import deployed
from pipelines.prefect import server as prefect_server
from pipelines.run import Result, Step
from pipelines.settings import Settings, load
from pipelines.steps import Reporter
from warehouse.files import own_files_only, tighten

logging.raiseExceptions = False  # Prefect would print each time that a lost server takes no logs.

PROGRESS_SECONDS = 10.0
LOOK_SECONDS = 3.0
NAP_SECONDS = 0.2

# Is told the state that a flow comes to, before Prefect sends that to the server.
_outcome = ContextVar[Callable[[State[Any]], None]]("outcome", default=lambda state: None)


def _is_news(record: logging.LogRecord) -> bool:
    """A failed run has said why; the process that ran it would add a trace of Prefect's code."""
    return not (record.exc_info and isinstance(record.exc_info[1], FailedRun))


def _keep_traces_away() -> None:
    """Print messages without traces of Prefect's code, as where a server has gone."""
    make_record = logging.getLogRecordFactory()

    def without_trace(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make_record(*args, **kwargs)
        if _is_news(record):
            record.exc_info = None
        return record

    logging.setLogRecordFactory(without_trace)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    for logger in ("prefect.engine", "prefect.flow_runs"):
        logging.getLogger(logger).addFilter(_is_news)


_keep_traces_away()


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
        names, report, is_deployed = sources or [], _report(), deployed.is_deployed()
        with deployed.turn(settings):
            return run.sync(
                settings,
                names,
                as_tasks,
                report,
                full=full,
                is_built=build,
                passes_busy=is_deployed,
            )

    return _state(work)


@flow(name="build")
def build(config: str | None = None, full: bool = False) -> State[Any]:
    """Rebuild the marts and publish a snapshot.

    Args:
        config: Path of vitals.toml; else $VITALS_CONFIG, else ./vitals.toml.
        full: Make facts and marts anew from what was landed.
    """

    def work() -> list[Result]:
        settings = _load(config)
        with deployed.turn(settings):
            return run.build(settings, as_tasks, full=full)

    return _state(work)


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
        stopping.check()
        states = [future.state for future in futures]
    return [Result(str(state.message), has_failed=not state.is_completed()) for state in states]


def _load(config: str | None, **options: Any) -> Settings:
    own_files_only()
    settings = load(Path(config) if config else None, **options)
    tighten(settings.warehouse_path)
    return settings


def _state(work: Callable[[], list[Result]]) -> State[Any]:
    """The state of a flow run, with one message: what was done, or a line per failure."""
    if "PREFECT__FLOW_RUN_ID" in os.environ:  # This process carries out one run of a deployment.
        stopping.guard()
        stopping.end_with_parent()
    try:
        state: State[Any] = Completed(message=run.summary(work()))
    except deployed.NotNow as reason:
        state = Completed(name="Skipped", message=str(reason))
    except Exception as error:
        state = Failed(message=explain(error))
    _outcome.get()(state)
    return state


def _report() -> Reporter:
    """Write warnings at once, and progress every ten seconds, to the run's log."""
    logger = get_run_logger()
    logged_at = time.monotonic()

    def progress(what: str, done: int, total: int | None) -> None:
        nonlocal logged_at
        if time.monotonic() - logged_at >= PROGRESS_SECONDS:
            logged_at = time.monotonic()
            logger.info("%s: %s of %s", what, done, total or "?")

    return Reporter(
        progress=progress,
        warn=lambda words: logger.warning("%s", message(words)),
        is_kept=True,
    )


def run_flow(chosen: Flow[..., State[Any]], config: Path, **parameters: object) -> None:
    """Run a flow in this process, recorded on the configured server, else on one started for it.

    Raises PartlyFailed with a line per failure, ServerError if the server cannot be reached. A
    server that goes away does not stop the work, and is not waited for.
    """
    with prefect_server.available(load(config)) as server:
        calling = _Calling(partial(chosen, str(config.resolve()), **parameters, return_state=True))
        calling.start()
        calling.wait(server)
    state = calling.state
    if state is None:
        raise ServerError(f"{_gone(server)}. The {chosen.name} is not done: run it again")
    if not state.is_completed():
        raise PartlyFailed(str(state.message))
    if not calling.is_recorded:
        raise ServerError(f"the {chosen.name} is done ({state.message}), but {_gone(server)}")


def _gone(server: prefect_server.Server) -> str:
    return f"the Prefect server on {server.address} has gone and has no record of it"


class _Calling(Thread):
    """A flow, called beside the main thread, since Prefect waits for a lost server for minutes."""

    def __init__(self, call: Callable[[], State[Any]]) -> None:
        super().__init__(target=copy_context().run, args=[self._work], daemon=True)
        self.call = call
        self.state: State[Any] | None = None
        self.is_recorded = False
        self.error: Exception | None = None

    def _work(self) -> None:
        _outcome.set(self._note)
        try:
            self.state = self.call()
            self.is_recorded = True
        except Exception as error:
            self.error = error

    def _note(self, state: State[Any]) -> None:
        self.state = state

    def wait(self, server: prefect_server.Server) -> None:
        """Wait until the flow has ended, or its work has and the server is gone.

        Raises what the flow raised, unless that came of the server's end.
        """
        looked_at = time.monotonic()
        while self.is_alive():
            stopping.join([self], NAP_SECONDS)
            if self.state and time.monotonic() - looked_at > LOOK_SECONDS:
                looked_at = time.monotonic()
                if server.is_gone():
                    return
        if self.error and not server.is_gone():
            raise self.error
