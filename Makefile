# Everything that a newcomer needs, from Python 3.11 and make alone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
# Each stamp is written last, and names the Python: an installation that was interrupted, or another Python's, is made again.
PACKAGE := $(VENV)/.package-$(VERSION)
READY := $(VENV)/.ready-$(VERSION)
IN_FIREFOX := tests/e2e/test_react_app.py tests/e2e/test_isolated_pages.py tests/e2e/test_missing_frames.py
QUICK := -m "not browser and not registry and not slow and not exhaustive"
FIREFOX := $(firstword $(shell command -v firefox-esr firefox))
unexport PYTHONDONTWRITEBYTECODE  # the tests start many processes, which share what is compiled

.PHONY: serve quick test test-all test-lowest test-newest lint lock bench fuzz screenshots clean python

serve: $(PACKAGE)  ## Serve on http://127.0.0.1:4114; ARGS="--load demo" adds options.
	@$(BIN)/chatkit-mock serve $(ARGS) || \
		{ code=$$?; echo 'Options go into ARGS: make serve ARGS="--port 4115"' >&2; exit $$code; }

quick: $(READY)  ## Run the tests that need no browser and no download.
	$(BIN)/pytest $(QUICK) $(ARGS)

test: $(READY) lint  ## Check everything but what needs a second browser, a download or minutes; ARGS="-k threads" narrows it.
	$(BIN)/pytest -m "not registry and not exhaustive" $(ARGS)

test-all: $(READY) lint  ## Check everything, with coverage.
	$(BIN)/pytest -m "not browser and not generated" --cov $(ARGS)
	PYTHONPATH=tests $(BIN)/pytest -m "browser or generated" -p support.js_coverage --hypothesis-profile=thorough $(ARGS)
ifdef FIREFOX
	BROWSER=firefox $(BIN)/pytest --dist=load $(IN_FIREFOX)
else
	@echo "There is no Firefox here: $(IN_FIREFOX) did not run in it."
endif
ifeq ($(VERSION),3.11)
	@$(MAKE) test-lowest
else
	@echo "make test-lowest did not run: the lowest versions are for Python 3.11."
endif

test-lowest: OLD := -W default::DeprecationWarning  # an older Starlette uses what a newer anyio deprecates
test-lowest test-newest: test-%: $(READY)  ## Run the tests of `make quick` with the lowest, or newest, dependencies allowed.
	PYTHONPATH=tests $(BIN)/python -m support.bounds $* $(VENV)/$*
	$(VENV)/$*/bin/python -m pytest $(QUICK) $(OLD) $(ARGS)

lint: $(READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy --num-workers auto
	$(BIN)/lint-imports

bench: $(READY)  ## Compare with raw ASGI on the same uvicorn; needs wrk.
	PYTHONPATH=tests $(BIN)/python -m benchmarks $(ARGS)

fuzz: $(READY)  ## Send 100,000 requests that nobody should send; ARGS="--requests 1000000 --seed 1".
	PYTHONPATH=tests $(BIN)/python -m fuzz $(ARGS)

screenshots: $(READY)  ## Take the manual's pictures again; needs a Chromium.
	PYTHONPATH=tests $(BIN)/python -m screenshots

lock:  ## Renew the lock; needs uv.
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--upgrade --all-extras --group dev pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV)

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "This needs Python 3.11 or newer, and $(PYTHON) is $(or $(VERSION),not there);" \
		"name another one: make PYTHON=python3.13 ..." >&2; exit 1; }

$(PACKAGE): pyproject.toml | python
	@echo "Installing the package into $(VENV) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --editable .
	@touch $@

$(READY): requirements.lock $(PACKAGE)
	@echo "Installing what the tests need into $(VENV), some 400 MB ..."
	@$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	@touch $@
