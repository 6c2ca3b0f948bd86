# Two commands matter: `make run` starts everything, `make test` checks everything.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint check-fast set-up set-up-development lock clean

run:
	@exec $(PYTHON) -m run

# Three workers on two cores: one of them waits, for a house to start or a frozen program to be noticed.
test: set-up-development
	@$(MAKE) --no-print-directory lint
	@GONGDUAN_TEST_LINGER=$${GONGDUAN_TEST_LINGER:-0} exec $(BIN)/pytest -n 3 $(PYTEST_ARGUMENTS)

set-up:
	@$(PYTHON) -m run --set-up

set-up-development:
	@$(PYTHON) -m run --set-up-development

# Every tool has its say before any of them fails the lot.
lint:
	@failed=0; \
	echo "lint | ruff";          $(BIN)/ruff check --quiet --output-format concise . || failed=1; \
	echo "lint | import-linter"; $(BIN)/lint-imports --no-cache --no-logo >.lint-imports.log 2>&1 || { cat .lint-imports.log; failed=1; }; \
	rm -f .lint-imports.log; \
	echo "lint | mypy";          $(BIN)/mypy --no-error-summary || failed=1; \
	echo "lint | django";        $(BIN)/python manage.py check --fail-level WARNING || failed=1; \
	exit $$failed

# What can be checked in a few seconds: no database, no types.
check-fast:
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/architecture tests/rules

# After a change of dependencies. The files hold names, versions and digests, and no address.
lock:
	.bootstrap/bin/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate \
		--upgrade --quiet --output-file requirements.lock
	.bootstrap/bin/uv pip compile pyproject.toml --group dev --constraint requirements.lock --universal \
		--generate-hashes --no-header --no-annotate --upgrade --quiet --output-file requirements-dev.lock

clean:
	rm -rf .venv .bootstrap .mypy_cache .ruff_cache .pytest_cache .import_linter_cache staticfiles test-results

# Trials of the whole house under faults (docs/operations.md). `make chaos SEED=7 ARGUMENTS="--cases 2000"`
.PHONY: chaos broker doubles races audit uploads restore upgrade clocks
chaos broker doubles races audit uploads restore upgrade clocks: set-up-development
	@exec $(BIN)/python -m trials.$@ $(if $(SEED),--seed $(SEED)) $(ARGUMENTS)

# Engine and independent model through the same random cases (docs/operations.md). `make walks SEED=7 STEPS=50000000`
.PHONY: walks mutants walks-http walks-stateful
walks: set-up-development
	@exec $(BIN)/python -m model_walks $(if $(SEED),--seed $(SEED)) $(if $(STEPS),--steps $(STEPS)) $(ARGUMENTS)

mutants: set-up-development
	@exec $(BIN)/python -m model_walks.mutating $(if $(SEED),--seed $(SEED)) $(if $(STEPS),--steps $(STEPS)) $(ARGUMENTS)

walks-stateful: set-up-development
	@GONGDUAN_STATEFUL_EXAMPLES=$$(( $(or $(STEPS),1000000) / 50 )) \
		exec $(BIN)/pytest -q -n0 -p no:randomly --timeout 0 tests/model/test_stateful.py

walks-http: set-up-development
	@GONGDUAN_HTTP_STEPS=$(or $(STEPS),20000) GONGDUAN_WALK_SEED=$(or $(SEED),1) \
		exec $(BIN)/pytest -q -s -n0 -p no:randomly --timeout 0 tests/model/test_house.py

# Everything measured, and docs/performance.md written from it; `make bench PARTS="sweep contest"` for some of it. The
# peers live in an environment of their own, never in the product's.
.PHONY: bench
bench: set-up-development .bench/ready
	@exec $(BIN)/python -m bench $(PARTS) $(ARGUMENTS)

.bench/ready: bench/peers/requirements.lock
	@.bootstrap/bin/uv venv --quiet --clear --python $(BIN)/python .bench
	@.bootstrap/bin/uv pip sync --quiet --require-hashes --python .bench/bin/python bench/peers/requirements.lock
	@touch .bench/ready
