"""`vitals init`: its questions, and that what it writes is a configuration."""

from pathlib import Path

from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.settings import load

ANSWERS = {
    "What is your community called?": 'Made "Up" \\ Ü',
    "In which time zone are its days?": "Nowhere",
    "In which time zone, once more?": "Africa/Lagos",
    "Does it talk or work on Discord?": "y",
    "Does it talk or work on Github?": "y",
    "Does it talk or work on Meetup?": "y",
    "Does it talk or work on Slack?": "n",
    "Which Discord server?": "112233445566778899",
    "Which repositories?": "makers/tiny, makers/*",
    "Which Meetup groups?": "lagos-data lagos-ml",
}


def test_the_answers_become_a_configuration(tmp_path: Path) -> None:
    config = tmp_path / "vitals.toml"
    command = ["init", "--config", str(config)]
    result = CliRunner().invoke(app, command, input="\n".join(ANSWERS.values()))
    assert result.exit_code == 0, result.stderr
    assert "'Nowhere' is no time zone" in result.stderr
    assert "export DISCORD_BOT_TOKEN=" in result.stderr
    settings = load(config)
    assert settings.community.name == 'Made "Up" \\ Ü'
    assert settings.community.timezone == "Africa/Lagos"
    sources = {source.kind: source.model_dump() for source in settings.sources}
    assert list(sources) == ["discord", "github", "meetup"]
    assert sources["discord"]["server"] == "112233445566778899"
    assert sources["github"]["repositories"] == ["makers/tiny", "makers/*"]
    assert sources["meetup"]["groups"] == ["lagos-data", "lagos-ml"]


def test_a_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    config = tmp_path / "vitals.toml"
    config.write_text("mine")
    result = CliRunner().invoke(app, ["init", "--config", str(config)])
    assert "it exists already" in str(result.exception)
    assert config.read_text() == "mine"
