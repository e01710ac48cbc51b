# One command each; every target sets up .venv on first use. GNU make 3.81 (macOS) will do.
PYTHON ?= python3
BIN := .venv/bin
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
export RUNTIME__DLTHUB_TELEMETRY := false
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

.PHONY: help setup demo test test-fast run ui lint format render lock bench fuzz clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /	/'

setup: .venv/ready ## .venv from the lock, dbt parsed; the others call it

.venv/ready: requirements/lock.txt requirements/uv.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Python is missing; install it: sudo apt-get install python3 (macOS: brew install python)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version). Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing; install it: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "setting up .venv (once; some minutes at most, and 1.5 GB)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/lock.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@$(BIN)/observatory prepare
	@touch .venv/ready

demo: setup ## the main job on the synthetic sample, in data/demo
	@$(BIN)/observatory demo

test: setup ## the whole test suite
	@$(BIN)/python -m pytest -n 2 --dist loadfile

test-fast: setup ## unit tests only
	@$(BIN)/python -m pytest tests/unit

run: setup ## the main job on the real data root
	@$(BIN)/observatory run

ui: setup ## Dagster UI on 127.0.0.1:3000, schedule running
	@$(BIN)/observatory ui

lint: setup ## formatter, linters, types, rendered files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m orchestration.schemas.render --check

format: setup ## rewrite the code as the formatter wants it
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

render: setup ## rewrite what is generated from orchestration/schemas
	@$(BIN)/python -m orchestration.schemas.render

bench: .venv/bench-ready ## the benchmarks, with ARGS="--only load …"; see benchmarks/README.md
	@$(BIN)/python -m benchmarks $(ARGS)

.venv/bench-ready: .venv/ready requirements/bench.txt
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(BIN)/python -r requirements/bench.txt
	@touch .venv/bench-ready

SECONDS ?= 600
fuzz: setup requirements/fuzz.txt ## coverage-guided fuzzing, SECONDS=600 a target; TARGETS="counts times" for some
	@$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements/fuzz.txt
	@$(BIN)/python -m tests.fuzz $(TARGETS) --seconds $(SECONDS)

lock: setup ## resolve requirements/ anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --python-version 3.11 --extra dev --constraint requirements/constraints.txt pyproject.toml -o requirements/lock.txt
	@echo uv | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --python-version 3.11 - -o requirements/uv.txt
	@echo 'atheris==3.0.0' | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --python-version 3.11 - -o requirements/fuzz.txt
	@echo 'dlt[duckdb]' | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --python-version 3.11 --constraint requirements/lock.txt - -o requirements/bench.txt

clean: ## remove .venv and build output, never data
	@rm -rf .venv dbt_project/target dbt_project/logs .pytest_cache .mypy_cache .ruff_cache
