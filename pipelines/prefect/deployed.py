"""Runs of deployments: one at a time by an operating-system lock, and those that a crash left.

Prefect's own limit of a deployment keeps the slot of a killed run for ever, once its server was
killed as well. A lock is free as soon as its process is gone.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.context import FlowRunContext
from prefect.states import Crashed

from pipelines import steps
from pipelines.settings import Settings
from warehouse.db import Busy

UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
LOST_AFTER = timedelta(minutes=10)
LOST = "its process was killed and could not say so"


class NotNow(Exception):
    """This run has nothing to do; says why."""


def is_deployed() -> bool:
    """Say whether a deployment's run is under way in this thread."""
    return _run() is not None


def _run() -> FlowRun | None:
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    return run if run and run.deployment_id else None


@contextmanager
def turn(settings: Settings) -> Iterator[None]:
    """Keep other runs of the same deployment away. Raises NotNow if one is under way, or was.

    After a night with the lid closed many runs are due at once, and the first does for all.
    """
    run = _run()
    if run is None or run.deployment_id is None:
        yield
        return
    with ExitStack() as stack, get_client(sync_client=True) as client:
        try:
            lock = steps.open_warehouse(settings).lock(f"run-{run.flow_id}", wait=False)
            stack.enter_context(lock)
        except Busy:
            raise NotNow("another run of this deployment is under way") from None
        deployment = DeploymentFilter(id=DeploymentFilterId(any_=[run.deployment_id]))
        if run.auto_scheduled and (later := done_since_due(client, deployment, run)):
            raise NotNow(f"the run {later.name} has done it since this one was due")
        end_lost(client, deployment, datetime.now(UTC) - LOST_AFTER)
        yield


def end_lost_runs() -> None:
    """Mark what is still under way on a server as crashed: for one whose runs all are dead."""
    with get_client(sync_client=True) as client:
        end_lost(client, None, datetime.now(UTC))
        state = TaskRunFilterState(type=TaskRunFilterStateType(any_=UNDER_WAY))
        for task in client.read_task_runs(task_run_filter=TaskRunFilter(state=state)):
            client.set_task_run_state(task.id, Crashed(message=LOST), force=True)


def done_since_due(
    client: SyncPrefectClient, deployment: DeploymentFilter, run: FlowRun
) -> FlowRun | None:
    """A run of the deployment that began after this one was due, and has done all there was."""
    runs = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            start_time=FlowRunFilterStartTime(after_=run.expected_start_time),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.COMPLETED])),
        ),
        deployment_filter=deployment,
    )
    done = (other for other in runs if other.id != run.id and other.state_name != "Skipped")
    return next(done, None)


def end_lost(
    client: SyncPrefectClient, deployment: DeploymentFilter | None, before: datetime
) -> None:
    """Mark runs as crashed that have been in one state since a time before this one."""
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=UNDER_WAY))
    runs = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=state), deployment_filter=deployment
    )
    for run in runs:
        if run.state and run.state.timestamp < before:
            client.set_flow_run_state(run.id, Crashed(message=LOST), force=True)
