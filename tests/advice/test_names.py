"""What a message names exists: commands, options, keys, pages, variables and files."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from connectors import bounds
from connectors.discovery import connectors, file_readers
from connectors.meetup.files.words import COLUMNS
from pipelines.cli import app
from pipelines.settings import Settings, load
from tests.support.paths import ROOT

PACKAGES = ("connectors", "warehouse", "pipelines", "dashboard")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
# Words for a database or a platform, not for people; what only looks like names of ours.
OTHER_LANGUAGES = [
    r"\bselect\b|\bjoin\b|\bfrom \(|\b(raw|landed|records|marts|facts)\.\w|\bwritten_by\b",
    r"\bmd5_number|\w_[lr]\b",
    r"^md5|\(\$[a-z]+|^\s*(from|with|create|merge|insert|attach|alter|set|drop)\b",
    r"\{ *[\w.]+[ :]|^\$\w+:|: String!|nodes \{|^[A-Z_, ]+$|orderBy",
    r"\(\?|\\[wdSs.\[(]",
]
NO_NAME = re.compile(r"\S+\.\w+/\S+|:material/\w+:")

COMMAND = re.compile(r"\bvitals ([a-z]+)\b([^\n`;,)]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
OPTION_OF_FILES = re.compile(r'--set "?(\w+)(?:\.(\w+))?=')
SECTION = re.compile(r"\[\[?([a-z]+)\]\]?")
KEY = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|`([a-z]+)` in vitals\.toml")
PAGE = re.compile(r"\b(?:[Ss]ee|[Cc]hoose (?:it|one) on|[Pp]age) ([A-Z][a-z]+)\b")
VARIABLE = re.compile(r"\b[A-Z]+(?:_[A-Z0-9]+)+\b")
TABLE = "[[sources]]\n"
TARGET = re.compile(r"`make (\w+)`")
FILE = re.compile(r"\b(?:docs/[\w.-]+|(?:README|CHANGELOG|CONTRIBUTING)(?:\.md)?)")
# Slack's own word, and what pip is told.
# The last two are keys of Streamlit's secrets.toml.
NOT_OURS = {"invalid_cursor", "--upgrade", "redirect_uri", "cookie_secret"}


def words(node: ast.AST) -> str:
    """A string as a user reads it, with {} for each value in it; "" for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(words(v) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    return ""


def messages_of(path: Path) -> Iterator[tuple[str, str]]:
    """Every text of a file that somebody may read: the place and the words."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed_over = {
        id(part) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for part in n.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            passed_over.add(id(node.value))  # a docstring
        text = "" if id(node) in passed_over else words(node)
        if " " in text and not any(re.search(other, text) for other in OTHER_LANGUAGES):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", NO_NAME.sub("", text)


@cache
def messages() -> list[tuple[str, str]]:
    """Every message of the product."""
    files = (f for package in PACKAGES for f in sorted((ROOT / package).rglob("*.py")))
    return [found for f in files if "sandbox" not in f.parts for found in messages_of(f)]


@cache
def commands() -> dict[str, dict[str, Any]]:
    """The options of each command by their names; those of `people merge`, too."""
    group: Any = typer.main.get_command(app)
    named = dict(group.commands)
    for name, command in group.commands.items():
        own = getattr(command, "commands", {})
        named |= {f"{name} {own_name}": one for own_name, one in own.items()}
    return {
        name: {option: one for one in command.params for option in one.opts}
        for name, command in named.items()
    }


@cache
def keys() -> set[str]:
    """Every key of vitals.toml, and everything that `--set` knows."""
    tables = [Settings, *(c.settings_model for c in connectors().values())]
    tables += [field.annotation for field in Settings.model_fields.values()]
    tables += [reader.options_model for reader in file_readers().values()]
    return {key for table in tables for key in getattr(table, "model_fields", ())}


def test_the_search_finds_what_it_is_for() -> None:
    texts = [text for _, text in messages()]
    assert len(texts) > 500
    for pattern in (COMMAND, OPTION, OPTION_OF_FILES, SECTION, KEY, PAGE, VARIABLE):
        assert sum(bool(pattern.search(text)) for text in texts) >= 2, pattern.pattern


@pytest.mark.parametrize("where", ["messages", "documents"])
def test_every_command_exists_with_its_options(where: str) -> None:
    texts = messages() if where == "messages" else [(f.name, f.read_text()) for f in DOCUMENTS]
    for place, text in texts:
        for command, rest in COMMAND.findall(text.replace("\\\n", "")):
            assert command in commands(), f"{place}: vitals {command}"
            longer = " ".join([command, *rest.split()[:1]])
            named = longer if longer in commands() else command
            for option in OPTION.findall(rest):
                assert option in commands()[named], f"{place}: vitals {named} {option}"


def test_every_option_is_one_of_some_command() -> None:
    known = {option for options in commands().values() for option in options} | {"--help"}
    for place, text in messages():
        assert set(OPTION.findall(text)) <= known | NOT_OURS, place


def test_every_kind_of_file_can_be_imported() -> None:
    kinds = re.compile(rf"\b(?:{'|'.join(connectors())})-[a-z]+\b")
    for place, text in messages():
        assert set(kinds.findall(text)) <= file_readers().keys(), place


def test_every_option_of_files_is_known_to_a_reader() -> None:
    for place, text in messages():
        for key, column in OPTION_OF_FILES.findall(text):
            assert any(key in r.options_model.model_fields for r in file_readers().values()), place
            assert not column or column in COLUMNS, f"{place}: {column}"


def test_every_section_and_key_is_known() -> None:
    for place, text in messages():
        # The one section of people.toml, and the one of Streamlit's secrets.toml.
        known = {*Settings.model_fields, "decisions", "auth"}
        assert set(SECTION.findall(text)) <= known, place
        for match in KEY.finditer(text):
            name = match[1] or match[0]
            metrics = (ROOT / "warehouse" / "metrics").rglob(f"{name}.sql")
            assert name in keys() | NOT_OURS or any(metrics), f"{place}: {name}"


def test_every_example_of_a_configuration_is_accepted(tmp_path: Path) -> None:
    examples = [one for one in messages() if one[1].startswith(TABLE) and "{}" not in one[1]]
    assert len(examples) >= 2
    for number, (place, text) in enumerate(examples):
        path = tmp_path / f"{number}.toml"
        path.write_text(f'[community]\nname = "Made up"\n{text}\n', encoding="utf-8")
        assert load(path).sources, place


def test_every_page_exists() -> None:
    source = (ROOT / "dashboard" / "app.py").read_text(encoding="utf-8")
    titles = set(re.findall(r'": \("(\w+)", ":material', source))
    assert len(titles) >= 8
    for place, text in messages():
        assert set(PAGE.findall(text)) <= titles, place


def test_every_variable_is_read() -> None:
    code_of = "\n".join(f.read_text() for p in PACKAGES for f in (ROOT / p).rglob("*.py"))
    tokens = {c.token_variable for c in connectors().values()} | {"PREFECT_API_URL"}
    for place, text in messages():
        for name in set(VARIABLE.findall(text)) - tokens - set(vars(bounds)):
            assert f'environ.get("{name}"' in code_of, f"{place}: {name}"


def test_every_target_and_file_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for place, text in messages():
        for target in TARGET.findall(text):
            assert f"\n{target}:" in makefile, f"{place}: make {target}"
        for name in FILE.findall(text):
            assert list(ROOT.glob(f"{name}*")), f"{place}: {name}"
