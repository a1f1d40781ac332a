PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make lock"

.PHONY: help demo test check format bench lock

help: ## Show the targets.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

demo: .venv/demo.stamp ## Set everything up and open the dashboard of a made-up community.
	$(BIN)/vitals demo

test: .venv/dev.stamp ## Set up what is missing and run the tests.
	$(BIN)/python -m pytest

check: .venv/dev.stamp ## Lint, format and types.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev.stamp ## Format the code.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/bench.stamp ## Run the long tests and print the benchmarks; fails where a bound is broken.
	$(BIN)/python -m pytest -m long
	$(BIN)/python -m tests.benchmarks

lock: .venv/dev.stamp ## Pin every dependency anew, with hashes and no registry address.
	$(COMPILE) pyproject.toml requirements.in -o requirements.txt
	$(COMPILE) -c requirements.txt requirements-dev.in -o requirements-dev.txt
	$(COMPILE) -c requirements.txt requirements-bench.in -o requirements-bench.txt
	$(COMPILE) requirements-duckdb.in -o requirements-duckdb.txt

# The lists of requirements are complete: pip has nothing to resolve.
.venv/demo.stamp: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed. Name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv is missing. Install it: sudo apt install python3-venv" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --quiet --no-deps --require-hashes -r requirements.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev.stamp: .venv/demo.stamp requirements-dev.txt requirements-duckdb.txt
	$(PIP) install --quiet --no-deps --require-hashes -r requirements-dev.txt
	rm -rf .venv/newest-duckdb
	$(PIP) install --quiet --no-deps --require-hashes --target .venv/newest-duckdb \
		-r requirements-duckdb.txt
	touch $@

.venv/bench.stamp: .venv/dev.stamp requirements-bench.txt
	$(PIP) install --quiet --no-deps --require-hashes -r requirements-bench.txt
	touch $@
