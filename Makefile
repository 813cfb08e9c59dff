# The project's commands. `make run` and `make test` need Python 3.11 or newer and make; the rest is fetched into .venv.

VENV ?= .venv
# The Python the environment is made from. Left empty, the first of these that is new enough is taken.
PYTHON ?=
CANDIDATES := python3 python python3.13 python3.12 python3.11
# What `make run` runs, and with which options: `make run SCENARIO=two-bodies ARGS="-n 1000"`.
SCENARIO ?= november-1917
ARGS ?=
# Passed on to pytest: `make test TESTS="tests/contracts -k import"`.
TESTS ?= tests
WORKERS ?= 2
# Tests of one file share what is dear to make, so they run in one process; the dear files first (tests/conftest.py).
SPREAD := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

BIN := $(VENV)/bin
MADE := $(VENV)/.made
RUNTIME := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
BENCH := $(VENV)/.installed-bench

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# Python compiles a module when it is first imported; all of them beforehand are 80 MB and a third of the time. It is done
# only where Python may not keep what it compiles.
COMPILED := $(if $(PYTHONDONTWRITEBYTECODE),,--no-compile)

.PHONY: help run explore shell cluster test test-slow test-all mutants faults fuzz lint format types lock bench site catalogues docs-check sbom lowest env env-dev clean
.DELETE_ON_ERROR:

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: $(RUNTIME) ## make the environment and run the main job
	$(BIN)/whipcount run $(SCENARIO) $(ARGS)

explore: $(RUNTIME) ## look into a crisis on a page of this machine
	$(BIN)/whipcount explore $(SCENARIO) $(ARGS)

shell: $(RUNTIME) ## a shell in which the command `whipcount` is found
	@PATH="$(CURDIR)/$(BIN):$$PATH" $${SHELL:-sh}

cluster: $(DEV) ## a scheduler and two workers on this machine, to try `--cluster tcp://127.0.0.1:8786`; Ctrl-C ends them
	$(BIN)/python -m whipcount.pool.trial --workers $(WORKERS)

test: $(DEV) ## make the environment and run the tests, without the slow ones; in a real browser too where there is one
	$(BIN)/python -m pytest $(SPREAD) -m "not slow" $(TESTS)

test-slow: $(DEV) ## only the slow tests
	$(BIN)/python -m pytest $(SPREAD) -m slow $(TESTS)

test-all: $(DEV) ## every test
	$(BIN)/python -m pytest $(SPREAD) $(TESTS)

# How many faults, drawn with which seed, in which files: `make mutants SAMPLE=600 MUTATED=src/whipcount/mechanisms`.
SAMPLE ?= 60
SEED ?= 1
MUTATED ?=
mutants: $(DEV) ## put small faults into the solvers and random streams, and list those that no test notices
	$(BIN)/python tools/mutants.py --sample $(SAMPLE) --seed $(SEED) --workers $(WORKERS) $(if $(MUTATED),--files $(MUTATED)) --out build/mutants.md

# How many faults of each kind: `make faults` is short; by hand `make faults DAMAGE=500 WRITES=200 KILLS=170`.
DAMAGE ?= 30
WRITES ?= 20
KILLS ?= 3
faults: $(DEV) ## damage, refuse and kill what is kept on disk, and count what is lost (nothing must be)
	$(BIN)/python tools/faults.py --damage $(DAMAGE) --writes $(WRITES) --kills $(KILLS) --seed $(SEED) --out build/faults.md

# Minutes for each entry: `make fuzz MINUTES=10`, or of some alone: `make fuzz ENTRIES=tables,grammars`.
MINUTES ?= 1
ENTRIES ?= scenario,tables,archives,grammars,folders,web
fuzz: $(DEV) ## feed readers, grammars and pages what a fuzzer makes of tests/fuzz; tells executions, coverage and crashes
	$(BIN)/python -m pip install --quiet "atheris>=2.3"
	$(BIN)/python tools/fuzz.py --minutes $(MINUTES) --entries $(ENTRIES) --out build/fuzz.md

lint: $(DEV) ## ruff: rules and formatting
	@$(BIN)/ruff check .; rules=$$?; $(BIN)/ruff format --check . && exit $$rules

format: $(DEV) ## ruff: mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(DEV) ## mypy, strict
	$(BIN)/python -m mypy

# English stands in the code; `make catalogues` adds new texts to the .po files, there to be translated.
catalogues: $(DEV) ## renew the texts in other languages
	$(BIN)/python tests/text/extraction.py

docs-check: $(DEV) ## run every example of the README and docs, and check the reference pages
	$(BIN)/python -m pytest $(SPREAD) tests/docs tests/contracts/test_rows.py

site: $(DEV) ## the documentation as a site: build/site/index.html, which asks nothing of any other machine
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: $(BENCH) ## the benchmarks; writes benchmarks/RESULTS.md
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/ensemble.py

# Pins for pip, made from pyproject.toml, for every system and Python at once, each with the checksums of its files: no
# address of an index and no path goes into them. What builds the package is pinned with the rest.
COMPILE = printf '%s\n' "hatchling>=1.24" "editables>=0.3" | \
	$(BIN)/uv pip compile pyproject.toml - --quiet --upgrade --universal --python-version 3.11 --generate-hashes --strip-extras \
	--no-emit-index-url --index-strategy unsafe-best-match --custom-compile-command "make lock"
lock: $(MADE) ## renew requirements.lock and requirements-dev.lock
	$(BIN)/python -m pip install --quiet "uv>=0.5"
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra dev --constraints requirements.lock --output-file requirements-dev.lock

# The lowest versions that pyproject.toml allows, in an environment of their own, and tests that meet each of them.
LOWEST := build/lowest
MEETING := tests/results/test_sql.py tests/results/test_outcomes.py tests/results/test_store.py tests/data/test_reading.py \
	tests/report/test_published_charts.py tests/report/test_animation.py tests/scenario/test_yaml_nodes.py tests/scenario/test_sheets.py \
	tests/theory/test_intervals.py tests/theory/test_polls.py tests/theory/test_cabinet_survival.py tests/web/test_uploads.py \
	tests/web/test_security.py tests/tasks/test_tasks.py tests/contracts/test_import_time.py
lowest: $(MADE) ## install the lowest versions that pyproject.toml allows, and run tests that meet each of them
	$(BIN)/python -m pip install --quiet "uv>=0.5"
	@mkdir -p $(LOWEST)
	$(BIN)/uv pip compile pyproject.toml --quiet --resolution lowest-direct --index-strategy unsafe-best-match --no-emit-index-url \
		--extra animation --extra cluster --extra diagnostics --extra sensitivity --extra tables --extra documents \
		--python $(BIN)/python --output-file $(LOWEST)/versions.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(LOWEST)/venv
	$(BIN)/uv pip install --quiet --index-strategy unsafe-best-match --python $(LOWEST)/venv/bin/python --requirements $(LOWEST)/versions.txt \
		pytest pytest-timeout hypothesis jsonschema httpx hatchling editables
	$(BIN)/uv pip install --quiet --python $(LOWEST)/venv/bin/python --no-deps --no-build-isolation --editable .
	$(LOWEST)/venv/bin/python -m pytest -p no:cacheprovider -m "not slow" $(MEETING)

sbom: $(RUNTIME) ## what the program is made of, as CycloneDX: build/sbom.json
	@mkdir -p build
	$(BIN)/python -m pip install --quiet "cyclonedx-bom>=5"
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json requirements.lock
	$(BIN)/python tools/sbom.py build/sbom.json

env: $(RUNTIME) ## only make the environment

env-dev: $(DEV) ## the environment with what the tests need

clean: ## remove the environment and what tools left behind
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	@python=""; \
	for one in $(if $(PYTHON),"$(PYTHON)",$(CANDIDATES)); do \
	  if "$$one" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python="$$one"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "whipcount needs Python 3.11 or newer; none found among: $(or $(PYTHON),$(CANDIDATES))." >&2; \
	  echo "Name one: make $(or $(MAKECMDGOALS),run) PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	  echo "$$python cannot make a virtual environment: its venv or ensurepip is missing." >&2; \
	  echo "On Debian or Ubuntu: apt-get install python3-venv. Or name another Python: make $(or $(MAKECMDGOALS),run) PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv "$(VENV)" && touch $@

# The stamps depend on the pins: a changed lock file is installed before the next command runs.
$(RUNTIME): requirements.lock pyproject.toml | $(MADE)
	$(BIN)/python -m pip install --quiet $(COMPILED) -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml | $(MADE)
	$(BIN)/python -m pip install --quiet $(COMPILED) -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(RUNTIME)

$(BENCH): requirements-dev.lock pyproject.toml | $(DEV)
	@mkdir -p build && sed -e 's/ *\\$$//' -e '/--hash/d' requirements-dev.lock > build/versions.txt  # pip checks no editable
	$(BIN)/python -m pip install --quiet --no-build-isolation --constraint build/versions.txt --editable ".[bench]"
	@touch $@
