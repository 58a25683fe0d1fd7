# Everything that a newcomer needs, from Python 3.11 and make alone.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: serve test lint lock bench screenshots clean

serve: $(READY)  ## Serve on http://127.0.0.1:4114; ARGS="--load demo" adds options.
	$(BIN)/chatkit-mock serve $(ARGS)

test: $(READY) lint  ## Run every check and test; ARGS="-k threads" narrows the tests.
	$(BIN)/pytest $(ARGS)

lint: $(READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## Compare with raw ASGI on the same uvicorn; needs wrk.
	PYTHONPATH=tests $(BIN)/python -m benchmarks

screenshots: $(READY)  ## Make the README's pictures anew; needs a Chromium.
	PYTHONPATH=tests $(BIN)/python -m screenshots

lock:  ## Renew the lock; needs uv.
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--upgrade --all-extras --group dev pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV)

$(READY): pyproject.toml requirements.lock
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
