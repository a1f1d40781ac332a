"""The order of the steps, and what becomes of those after a failed one."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from connectors.base import Denied
from pipelines import run
from pipelines.failures import PartlyFailed
from pipelines.run import Result, Step
from pipelines.settings import load
from pipelines.steps import SILENT, Reporter

CONFIG = '[community]\nname = "C"\n' + "".join(
    f'[[sources]]\nname = "{name}"\nkind = "slack"\ntoken = "env:VITALS_TEST_TOKEN"\n'
    for name in ("first", "second")
)


@pytest.mark.parametrize(
    ("failing", "carried_out"),
    [
        ("", ["pull first, pull second", "build", "publish"]),
        ("pull first", ["pull first, pull second", "build", "publish"]),
        ("build", ["pull first, pull second", "build"]),
    ],
)
def test_a_failed_source_stops_nothing_and_a_failed_build_is_not_published(
    tmp_path: Path, failing: str, carried_out: list[str]
) -> None:
    called = []

    def runner(steps: Sequence[Step]) -> list[Result]:
        called.append(", ".join(step.name for step in steps))
        return [Result(step.name, has_failed=step.name == failing) for step in steps]

    (tmp_path / "vitals.toml").write_text(CONFIG)
    results = run.sync(load(tmp_path / "vitals.toml"), [], runner, SILENT)
    assert called == carried_out
    if failing:
        with pytest.raises(PartlyFailed, match=failing):
            run.summary(results)
    else:
        assert run.summary(results) == "pull first; pull second; build; publish"


def test_steps_side_by_side_are_all_carried_out() -> None:
    def denied(report: Reporter) -> str:
        raise Denied("no", advice="Ask")

    said: list[str] = []
    runner = run.in_this_process(Reporter(say=said.append))
    results = runner([Step("a", denied), Step("b", lambda report: "done")])
    assert results == [Result("no. Ask", has_failed=True), Result("done")]
    assert said == ["done"]
