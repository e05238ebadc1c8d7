# Every target makes the environment it needs; nothing but Python 3.10 or newer, make and a network is expected.

VENV        ?= .venv
VENV_OLDEST ?= .venv-3.1

# The first Python that is new enough for this package and old enough for every Airflow it is tested on.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.10; do \
	$$python -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$python && break; done)

export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Airflow takes twice as long to start without its bytecode.
unexport PYTHONDONTWRITEBYTECODE

# An environment is made anew when what it is made from, or the place, has changed: the name of its stamp holds the checksum.
sum          = $(shell (pwd; cat $(1) requirements/uv.txt setup.cfg pyproject.toml) | cksum | cut -d' ' -f1)
LOCK        := requirements/test-airflow-3.3.txt
LOCK_OLDEST := requirements/test-airflow-3.1.txt
READY       := $(VENV)/.made-from-$(call sum,$(LOCK))
READY_OLDEST := $(VENV_OLDEST)/.made-from-$(call sum,$(LOCK_OLDEST))
RUN         := $(VENV)/bin/python
RUN_OLDEST  := $(VENV_OLDEST)/bin/python

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test ui chaos bench lint types docs docs-check test-oldest test-newest env lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(READY)  ## back up and restore a fleet of tables on the stand-in for AWS, and compare
	@$(RUN) -m airflow_dynamodb_emr.local.demo

ui: $(READY)  ## a real Airflow with its web page on the stand-in, until Ctrl-C; PORT=n for another than 8080
	@exec $(RUN) -m airflow_dynamodb_emr.local.ui $(if $(PORT),--port $(PORT))

chaos: $(READY)  ## kill Airflow at every step of spike, dump and reset, 100 times; SEED=n and ROUNDS=n
	@$(RUN) -m chaos $(if $(SEED),--seed $(SEED)) $(if $(ROUNDS),--rounds $(ROUNDS))

bench: $(READY)  ## measure; ONLY=name for one of them
	@$(RUN) -m benchmarks $(ONLY)

test: lint types docs-check test-oldest test-newest  ## everything a change must pass

lint: $(READY)  ## ruff: rules and format
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: $(READY)  ## mypy --strict
	$(RUN) -m mypy

docs: $(READY)  ## write the generated pages
	$(RUN) docs/generate.py

docs-check: $(READY)  ## are the generated pages current, do the links lead somewhere
	$(RUN) docs/generate.py --check

test-oldest: $(READY_OLDEST)  ## pytest on the oldest Airflow: all that touches Airflow
	$(RUN_OLDEST) -m pytest -q $(addprefix tests/airflow/test_,provider.py plugin.py settings.py there_and_back.py) tests/test_package.py

test-newest: $(READY)  ## pytest on the newest Airflow: the whole suite
	$(RUN) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

env: $(READY)  ## only make the environment
	@echo "$(VENV) is ready"

lock:  ## choose the newest versions that fit and write requirements/*.txt
	@$(MAKE) --no-print-directory --silent $(VENV)/bin/uv
	@for name in uv test-airflow-3.3 test-airflow-3.1; do \
		echo "requirements/$$name.txt"; package='setup.cfg --extra dev --extra local'; \
		case $$name in uv) package=;; *-3.3) package="$$package --extra spark";; esac; \
		UV_CUSTOM_COMPILE_COMMAND='make lock' $(VENV)/bin/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.10 \
			requirements/$$name.in $$package --output-file requirements/$$name.txt || exit 1; \
	done

clean:  ## remove the environments and everything that was made
	rm -rf $(VENV) $(VENV_OLDEST) .cache .run build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): LOCK_FILE = $(LOCK)
$(READY_OLDEST): LOCK_FILE = $(LOCK_OLDEST)
$(READY) $(READY_OLDEST):
	@$(MAKE) --no-print-directory --silent $(@D)/bin/uv
	@echo "installing $(LOCK_FILE) into $(@D) ..."
	@$(same_index) $(@D)/bin/uv pip sync --quiet --python $(@D)/bin/python --require-hashes $(LOCK_FILE) requirements/uv.txt
	@$(@D)/bin/uv pip install --quiet --python $(@D)/bin/python --no-deps --no-build-isolation --editable .
	@rm -rf airflow_dynamodb_emr.egg-info  # else Airflow, started in this folder, meets the plugin twice
	@rm -f $(@D)/.made-from-*
	@touch $@

# uv does not read pip's settings: whoever has told pip of another index means it for this too.
same_index = index="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PYTHON) -m pip config get global.index-url 2>/dev/null)}}"; \
	test -z "$$index" || export UV_DEFAULT_INDEX="$$index";

%/bin/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.10 to 3.13 is needed, and none is in PATH."; \
		echo "HINT: install one, or name it: make PYTHON=/path/to/python3.12 ..."; exit 2; } >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "$(PYTHON) is older than Python 3.10, or no Python."; \
		echo "HINT: name another: make PYTHON=/path/to/python3.12 ..."; exit 2; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments."; \
		echo "HINT: install its venv module; on Debian and Ubuntu: apt install python3-venv"; exit 2; } >&2
	@echo "making $* with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear $*
	@$(@D)/python -m pip install --quiet --require-hashes -r requirements/uv.txt
