"""The vitals.toml of the benchmarks."""

import os
from pathlib import Path

from connectors.sandbox.state import SANDBOX_TOKEN
from pipelines.settings import Settings, load

TOKEN_VARIABLE = "VITALS_BENCH_TOKEN"


def configure(folder: Path, kind: str, *keys: str, base_url: str = "") -> Settings:
    """Write it in `folder` for one source, with a token where it has an address, and load it."""
    os.environ[TOKEN_VARIABLE] = SANDBOX_TOKEN
    lines = ['[community]\nname = "Made-up Makers"\ntimezone = "Africa/Lagos"']
    lines += ['[warehouse]\npath = "vitals.duckdb"']
    lines += [f'[[sources]]\nname = "{kind}"\nkind = "{kind}"', *keys]
    if base_url:
        lines.append(f'base_url = "{base_url}"\ntoken = "env:{TOKEN_VARIABLE}"')
    config = folder / "vitals.toml"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(config, tokens_of=[])
