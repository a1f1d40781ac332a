"""The order of the steps: sync every source, build, publish. One failure stops no other source.

How steps are carried out is the caller's choice: in this process, or as tasks of Prefect.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from threading import Thread

from pipelines import steps, stopping
from pipelines.failures import PartlyFailed, explain
from pipelines.settings import Settings
from pipelines.steps import MOST_NAMES, REAL_CLOCK, Clock, Reporter
from warehouse.db import Busy


@dataclass(frozen=True)
class Step:
    """A piece of work that returns one sentence about what it did, or raises."""

    name: str
    work: Callable[[Reporter], str]


@dataclass(frozen=True)
class Result:
    """How a step ended: what it did, or what went wrong and what to do."""

    message: str
    has_failed: bool = False


# Carries out steps side by side, and returns a result for each, in their order.
Runner = Callable[[Sequence[Step]], list[Result]]


def sync(
    settings: Settings,
    names: Collection[str],
    runner: Runner,
    report: Reporter,
    *,
    full: bool = False,
    is_built: bool = True,
    passes_busy: bool = False,
    clock: Clock = REAL_CLOCK,
) -> list[Result]:
    """Sync the named sources, or all that have a token, side by side; then build and publish.

    A source that another process syncs is a failure, unless `passes_busy`.
    """
    ready, without = steps.with_token(settings, names)
    for name in without:
        report.warn(steps.passed_over(settings, name))
    results = runner([_sync_step(settings, name, full, passes_busy, clock) for name in ready])
    return results + (build(settings, runner) if is_built else [])


def build(settings: Settings, runner: Runner, *, full: bool = False) -> list[Result]:
    """Build, or build anew from what was landed, and publish a snapshot if that succeeded."""

    def build_marts(report: Reporter) -> str:
        steps.build(settings, report, full=full)
        return "built"

    def publish(report: Reporter) -> str:
        return f"published {steps.publish_snapshot(settings)}"

    [built] = runner([Step("build", build_marts)])
    return [built] if built.has_failed else [built, *runner([Step("publish", publish)])]


def summary(results: Sequence[Result]) -> str:
    """Say in one line what was done. Raises PartlyFailed with a line per failure."""
    failures = [result.message for result in results if result.has_failed]
    if failures:
        raise PartlyFailed("\n".join(failures))
    return "; ".join(result.message for result in results) or "nothing to do"


def attempt(step: Step, report: Reporter) -> Result:
    """Carry out one step; any error becomes a result without anybody's data in it.

    Raises Stopped where the process was asked to end: DuckDB makes an error of its own of that.
    """
    try:
        return Result(step.work(report))
    except Exception as error:
        stopping.check()
        return Result(explain(error), has_failed=True)


def in_this_process(report: Reporter) -> Runner:
    """Return a runner that carries out a single step at once, and several in threads.

    Raises Stopped where the process was asked to end, once the threads have written that down.
    """

    def runner(chosen: Sequence[Step]) -> list[Result]:
        results: dict[str, Result] = {}

        def carry_out(step: Step) -> None:
            results[step.name] = result = attempt(step, report)
            if not result.has_failed:
                report.say(result.message)

        if len(chosen) == 1:
            carry_out(chosen[0])
        else:
            threads = [Thread(target=carry_out, args=[step], daemon=True) for step in chosen]
            for thread in threads:
                thread.start()
            stopping.join(threads)
        return [results[step.name] for step in chosen]

    return runner


def _sync_step(settings: Settings, name: str, full: bool, passes_busy: bool, clock: Clock) -> Step:
    def work(report: Reporter) -> str:
        try:
            synced = steps.sync_source(settings, name, full=full, report=report, clock=clock)
        except Busy as error:
            if passes_busy:
                return f"{name}: passed over, another sync of it is under way"
            raise PartlyFailed(f"{name}: {error}") from None
        except Exception as error:
            stopping.check()
            raise PartlyFailed(f"{name}: {explain(error)}") from None
        if synced.unread_lists:
            raise PartlyFailed(f"{synced}. {_unread(synced.unread_lists)}")
        return str(synced)

    return Step(f"pull {name}", work)


def _unread(lists: Sequence[str]) -> str:
    named = ", ".join(lists[:MOST_NAMES]) + (", …" if len(lists) > MOST_NAMES else "")
    return (
        f"{len(lists)} of its lists could not be read: {named}. All others were. "
        "`vitals status` says why; the next sync tries again"
    )
