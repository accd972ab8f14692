# Two commands matter to a newcomer: `make run` and `make test`. `make` alone lists the others.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
# Workers of pytest-xdist; the suite is laid out for two cores.
JOBS ?= 2
# Options passed on to pytest: make test ARGS="tests/funding -x"
ARGS ?=

# What serves: the PostgreSQL driver is only installed where DATABASE_URL asks for it.
SERVING := $(if $(filter postgres%,$(DATABASE_URL)),postgres,runtime)
# The locked files are complete: without --no-deps, pip 23 asks a newer coverage for coverage[toml] and refuses its hash.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
FLASK := $(BIN)/flask --app tracker
PYTEST := $(BIN)/python -m pytest --numprocesses $(JOBS)
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.PHONY: help run test check proof lint types imports migrations-in-step format coverage benchmarks pictures lock install clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# ---------------------------------------------------------------------------------------------- installing

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=…")'
	$(PYTHON) -m venv .venv

# One stamp per requirement file: nothing is installed again until the file changes.
.venv/%.stamp: requirements/%.txt | $(BIN)/python
	@echo "installing $<"
	@$(PIP_INSTALL) -r $<
	@touch $@

install: .venv/test.stamp .venv/lint.stamp ## install everything a developer needs into .venv

# ---------------------------------------------------------------------------------------------- serving

instance/secret_key: | $(BIN)/python
	@mkdir -p instance
	@umask 077; $(BIN)/python -c 'import secrets; print(secrets.token_hex(32))' > $@

run: .venv/$(SERVING).stamp instance/secret_key ## serve the demo on http://127.0.0.1:8000 (PORT=… for another port)
	@export TRACKER_DEMO=1 SECRET_KEY="$${SECRET_KEY:-$$(cat instance/secret_key)}"; \
	export PUBLIC_URL="$${PUBLIC_URL:-http://127.0.0.1:$(PORT)}"; \
	$(FLASK) db upgrade; \
	$(FLASK) seed --demo; \
	echo "http://127.0.0.1:$(PORT)"; \
	exec $(BIN)/gunicorn --config python:tracker.serving --workers 2 --worker-class gthread --threads 2 --no-control-socket \
		--bind "127.0.0.1:$(PORT)" "tracker:create_app()"

# ---------------------------------------------------------------------------------------------- proving

# The suite on SQLite, then on PostgreSQL those of its tests that touch the database. Both always run; the last line
# adds them up. Tests chosen with ARGS may well have none for one of the two (pytest's exit code 5).
test: .venv/test.stamp ## run the tests on SQLite, then the database's tests on PostgreSQL
	@rm -rf build/reports/test-*.xml; status=0; \
	for database in sqlite postgresql; do \
		$(PYTEST) -m "not proof" --database $$database --junit-xml build/reports/test-$$database.xml $(ARGS) \
			|| { code=$$?; [ "$${code}$(if $(ARGS),chosen)" = 5chosen ] || status=$$code; }; \
	done; \
	$(BIN)/python -m tests.ground.summary build/reports/test-*.xml; \
	exit $$status

check: lint types imports migrations-in-step ## lint, types, import contracts, migrations in step with models, tests
	@$(MAKE) --no-print-directory test

lint: .venv/lint.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --output-format concise .
	$(BIN)/djlint --quiet --lint templates

types: .venv/test.stamp .venv/lint.stamp
	$(BIN)/mypy

imports: .venv/test.stamp
	$(BIN)/lint-imports

migrations-in-step: .venv/test.stamp
	@rm -rf build/check.sqlite3*; mkdir -p build
	@export DATABASE_URL="sqlite:///$(CURDIR)/build/check.sqlite3"; $(FLASK) db upgrade && $(FLASK) db check

proof: .venv/test.stamp ## run the long proofs: kills, fuzz, volume, load, LibreOffice
	@$(PYTEST) -m proof --junit-xml build/reports/proof.xml $(ARGS)

coverage: .venv/test.stamp ## run the tests on SQLite and say which lines none of them reaches
	@$(PYTEST) -m "not proof" --cov --cov-report=term-missing:skip-covered $(ARGS)

benchmarks: .venv/test.stamp ## print the measured ratios: list page, balance sheet, workbook
	@$(BIN)/python -m tests.benchmarks

pictures: .venv/test.stamp ## take the README's pictures again, into docs/pictures
	@$(BIN)/python -m tests.pictures

# ---------------------------------------------------------------------------------------------- keeping

format: .venv/lint.stamp ## put the code in its one shape and mend what can be mended alone
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/lock.stamp ## write requirements/*.txt again from pyproject.toml (UPGRADE=1 for newer versions)
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra postgres --constraint requirements/runtime.txt --output-file requirements/postgres.txt
	$(COMPILE) pyproject.toml --extra postgres --group test --group e2e --constraint requirements/postgres.txt \
		--output-file requirements/test.txt
	$(COMPILE) --group lint --constraint requirements/test.txt --output-file requirements/lint.txt
	$(COMPILE) --group lock --output-file requirements/lock.txt

clean: ## remove what the commands made, but for the data in instance/
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
