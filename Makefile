# `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo-data test proof lint benchmark evaluate screenshots lock clean

PYTHON ?= python3
HOME_DIR ?= var
# Data sets for `make evaluate` that are not part of the project; without them only the
# committed sets are measured.
DATA ?=
BIN := .venv/bin

# Our matrices are small: threads that wait for each other cost more than they do, many times over
# where as many tests run as there are cores.
export OPENBLAS_NUM_THREADS ?= 1

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/ready: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with: make PYTHON=python3.11 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable .
	@touch $@

.venv/ready-dev: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[dev]'
	@touch $@

# The HTML validator of `make proof`, from npm. Its scripts stay unrun: it is data to Node.js.
VALIDATOR := tests/publishing/validator
$(VALIDATOR)/node_modules/.package-lock.json: $(VALIDATOR)/package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --prefix $(VALIDATOR)

setup: .venv/ready ## Make the virtual environment in .venv/

setup-dev: .venv/ready-dev ## The same, with the tools for tests and checks

run: .venv/ready ## Set up everything and run the service: crawl, label, dashboard
	$(BIN)/langnghe --home $(HOME_DIR) run

demo-data: .venv/ready ## Fill $(HOME_DIR)/demo with the sample month, crawled from the sample site
	$(BIN)/langnghe --home $(HOME_DIR) demo --no-serve

test: .venv/ready-dev lint ## Run all checks and tests (under 10 minutes on 2 cores)
	$(BIN)/python -m pytest -m "not proof" --numprocesses auto --dist loadfile

proof: .venv/ready-dev $(VALIDATOR)/node_modules/.package-lock.json ## The long tests: model against floors, all browser tests, axe-core, hostile texts
	$(BIN)/python -m pytest -m proof --numprocesses auto --dist loadfile

lint: .venv/ready-dev ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

benchmark: .venv/ready-dev demo-data ## Measure speed, with a million posts (about 40 minutes)
	mkdir -p $(HOME_DIR); status=0; \
	$(BIN)/python -m benchmarks.ingest || status=1; \
	$(BIN)/python -m benchmarks.classify || status=1; \
	$(BIN)/python -m benchmarks.clusters || status=1; \
	$(BIN)/python -m benchmarks.search $(HOME_DIR)/benchmark.db || status=1; \
	$(BIN)/python -m benchmarks.briefing $(HOME_DIR)/demo || status=1; \
	$(BIN)/python -m benchmarks.forecasts || status=1; \
	$(BIN)/python -m benchmarks.trends $(HOME_DIR)/benchmark-trends || status=1; \
	exit $$status

evaluate: .venv/ready-dev ## Measure quality against the floors; DATA=folder adds the public sets
	$(BIN)/langnghe evaluate $(if $(DATA),--data $(DATA))

screenshots: .venv/ready-dev demo-data ## Take the pictures in docs/images anew (needs chromium and LibreOffice)
	$(BIN)/python -m docs.screenshots
	$(BIN)/python -m docs.pages $(HOME_DIR)/demo
	$(BIN)/python -m docs.alertcurve

lock: .venv/ready-dev ## Write requirements.lock anew from what pyproject.toml allows
	$(BIN)/python -m pip install --quiet 'pip-tools>=7.5,<8'
	$(BIN)/pip-compile --quiet --upgrade --extra dev --extra places --strip-extras --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --no-header --output-file requirements.lock pyproject.toml

clean: ## Delete the virtual environment and all caches (never the data)
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
