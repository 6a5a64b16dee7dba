# Needs git, make and Python 3.11 or newer; everything else is installed into .venv, pinned and checked by hash.
# `make` alone lists the verbs. PYTHON=/path/to/python chooses another interpreter, ARGS="…" is handed to pytest.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install run test coverage lint types check eval metrics probes exports variants torture bench clients pages release lock clean

# Without compiled modules each process compiles a thousand files: half of the time of the tests.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
# Rooms whose tests are fast, and the percentage of their lines that these run at least.
COVERED := render:96 normalize:96 compiled:96 parse:96
# Tests that run lines which others run, too, many thousand times.
REPEATING := hostile or no_text_raises or linear or cut_up
STAMP := .venv/.installed
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

help: ## list the verbs
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-21s%s\n", $$1, $$2}'

install: $(STAMP) ## make .venv with everything in it; the second time there is nothing to do

$(STAMP): requirements/dev.lock requirements/install.py pyproject.toml
	@for python in $(or $(PYTHON),$(PYTHONS)); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && exec "$$python" requirements/install.py requirements/dev.lock; \
	done; echo "Python 3.11 or newer is needed, and none was found; name one with: make PYTHON=/path/to/python $(MAKECMDGOALS)" >&2; exit 1
	@touch $@

run: install ## serve the API; into an empty database the seeds are loaded first
	@$(BIN)/briefbase serve

test: install ## run the tests on all cores; ARGS="-k name" narrows them
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

coverage: install ## hold the share of lines that the tests of fast rooms run
	@for room in $(COVERED); do \
	  $(BIN)/python -m pytest -q -n 0 tests/$${room%:*} -k "not ($(REPEATING))" --cov=app/$${room%:*} --cov-fail-under=$${room#*:} $(ARGS) || exit 1; \
	done

lint: install ## style, formatting, the direction of imports, the Dockerfile
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/hadolint Dockerfile

types: install ## check the types
	@$(BIN)/mypy --strict app tests

check: lint types test ## lint, types and test

eval: install ## measure the entity decisions
	@$(BIN)/python -m tests.eval.entities
	@$(BIN)/python -m tests.eval.running_text
	@$(BIN)/python -m tests.eval.unlisted
	@$(BIN)/python -m tests.eval.topics

metrics: install ## measure the code itself: density, width, names, arrows between rooms
	@$(BIN)/python -m tests.eval.house

eval-layouts: install ## score the reading of foreign layouts; ARGS="FOLDER…" lists what was missed
	@$(BIN)/python -m tests.eval.layouts $(ARGS)

probes: install ## ask the search probes and print what they find; ARGS="FOLDER…" asks other documents
	@$(BIN)/python -m tests.eval.search $(ARGS)

variants: install ## derive the Han variants that search folds; UNIHAN=FOLDER has Unicode's files, ARGS=--check compares
	@$(BIN)/python -m tests.eval.variants $(UNIHAN) $(ARGS)

exports: install ## compare every export as pandas, Polars, DuckDB and pyarrow read it; ARGS="FOLDER" of documents
	@$(BIN)/python -m tests.eval.exports $(ARGS)

bench: install ## measure answers per second beside peers; SCALE=S|M|L COUNT=N QUICK=1 DATABASE=postgresql OUT=FILE
	@$(BIN)/python -m tests.bench

clients: install ## generate clients from the served OpenAPI document, call a server, lint; needs npm
	@$(BIN)/python -m tests.clients

pages: install ## look at pages in Chromium: valid HTML, axe-core, screenshots; DOCUMENTS=folder,folder; needs npm
	@$(BIN)/python -m tests.clients.pages

torture: install ## try faults and loads and print a table; ARGS="--short" or names of trials
	@$(BIN)/python -W ignore -m tests.torture $(ARGS)

release: install ## write packages, SBOM and licence list into dist/
	@rm -rf build/release dist && mkdir -p dist
	@$(BIN)/uv venv --quiet --python $(BIN)/python build/release
	@$(BIN)/uv pip install --quiet --python build/release/bin/python --require-hashes -r requirements/run.lock
	@$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python --out-dir dist
	@$(BIN)/uv tool run --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py environment --output-reproducible --output-file dist/sbom.cdx.json build/release/bin/python
	@$(BIN)/uv tool run --quiet --from pip-licenses==5.5.5 pip-licenses --python build/release/bin/python --format markdown --with-urls --output-file dist/LICENSES.md
	@ls -l dist

lock: install ## write requirements/*.lock from pyproject.toml; UPGRADE=1 takes newer versions
	@$(COMPILE) --output-file requirements/run.lock pyproject.toml
	@$(COMPILE) --extra dev --output-file requirements/dev.lock pyproject.toml
	@! grep -nE '://|file:' requirements/*.lock || { echo "A lock names a place; only names, versions and hashes belong there." >&2; exit 1; }

clean: ## remove .venv and what the tools left
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
