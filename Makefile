# Everything happens in .venv and build/; `make` alone tells what there is.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help venv demo test test-long lint format bench output clean

PYTHON ?= python3
export PYTHON

BIN := .venv/bin
SITES := $(wildcard profiles/sites/*.yaml)

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

venv: .venv/.stamp ## .venv with gatepost and the test tools
.venv/.stamp: pyproject.toml
	@.ci/venv

demo: venv ## render the example site for every target, and explain two addresses
	@.ci/demo

test: ## lint, types and tests; installs what they need
	@.ci/test

test-long: export GATEPOST_LONG = 1
test-long: ## the same with every slow test and 20 times the random cases
	@.ci/test

lint: venv ## lint and types alone
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

format: venv ## put the Python files into the project's format
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: venv ## the table of docs/BENCHMARKS.md; installs the peers
	@status=0; for table in benchmarks benchmarks.merge; do $(BIN)/python -m $$table || status=1; done; exit $$status

output: venv ## make output/, the schemas, the lists of findings and connectors again
	@for site in $(SITES); do $(BIN)/gatepost render "$$site" --output output >/dev/null 2>&1; done
	@for kind in connector site; do $(BIN)/gatepost schema $$kind >profiles/schema/$$kind.schema.json; done
	@$(BIN)/python -m tests.docs.findings >docs/FINDINGS.md
	@$(BIN)/python -m tests.docs.connectors >docs/connectors.md

clean: ## remove what was made (not .venv)
	@rm -rf build dist .bench .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
