PYTHON ?= python3
BIN := .venv/bin
CORPUS ?= $(wildcard ../shared/corpus)

help: ## Print this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

# What goes into the wheel; tests and tools run the installed package, as users and CI do.
PACKAGED := pyproject.toml tools/build_hook.py $(shell find src signatures -type f -not -name '*.pyc')

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q '.[dev]'
	touch $@

.venv/installed: .venv/ready $(PACKAGED)
	$(BIN)/pip install -q --no-deps --no-build-isolation --force-reinstall .
	touch $@

format: .venv/ready ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: lint types records test docs-check ## Everything that must hold; CI runs the same

lint: .venv/ready ## Formatter and linter, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/ready ## The strict type checker
	$(BIN)/mypy

records: .venv/installed ## Lint the records and run their examples
	$(BIN)/vgpu-doctor signatures lint signatures
	$(BIN)/vgpu-doctor signatures test signatures

test: .venv/installed ## All tests
	$(BIN)/python -m pytest

test-quick: .venv/installed ## The tests without the slow ones: about a minute
	$(BIN)/python -m pytest -m "not slow"

accuracy: .venv/installed ## Findings against the labels of a corpus: make accuracy CORPUS=folder
	$(BIN)/python tools/accuracy.py $(CORPUS) --misses

patch-table: .venv/installed ## Causes before and after the patch: make patch-table SOURCES=... HEADERS=...
	$(BIN)/python tools/patch_table.py $(SOURCES) --headers $(HEADERS)

bench: ## CPU time and memory as ratios, in a venv of its own
	$(PYTHON) tools/bench.py

growth: .venv/installed ## Whether the time of hostile lines grows faster than their length; takes minutes
	$(BIN)/python tools/growth.py

docs: .venv/installed ## Write the generated pages below docs/
	$(BIN)/python tools/make_docs.py

docs-check: .venv/installed ## Whether the generated pages are current
	$(BIN)/python tools/make_docs.py --check

expected: .venv/installed ## Write the expected reports of sample_logs/ anew; read the diff
	$(BIN)/python -m pytest tests/test_samples.py --update-golden

package: .venv/ready ## Build the wheel and the sdist
	$(BIN)/python -m build

.PHONY: help format check lint types records test test-quick accuracy patch-table bench growth docs docs-check expected package
