# Everything that is done with this project, from a fresh clone: needs Python 3.11 or newer, git and make.

.PHONY: help setup demo tour test check bench docs pictures lock clean

MAKEFLAGS += --no-print-directory
export PYTHON
INPUTS := scripts/bootstrap pyproject.toml requirements/bootstrap.txt requirements/build.txt
LOCK := .uv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11

help: ## show this
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 10

.venv/.runtime: $(INPUTS) requirements/runtime.txt
	@scripts/bootstrap runtime

.venv/.dev: $(INPUTS) requirements/dev.txt
	@scripts/bootstrap dev

setup: .venv/.runtime ## install Roomstead into .venv
	@echo "Ready: .venv/bin/roomstead --help"

demo: .venv/.runtime ## a rehearsal tenant and Roomstead beside it, to play with
	@.venv/bin/roomstead demo

tour: .venv/.runtime ## the whole story by itself, one JSON object per step
	@.venv/bin/roomstead demo --tour --json

check: .venv/.dev ## format, lint, types, import contracts, architecture
	.venv/bin/ruff format --check src tests bench scripts
	.venv/bin/ruff check src tests bench scripts
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest --quiet tests/architecture

test: check ## check, and every test
	.venv/bin/pytest --quiet --numprocesses auto --dist worksteal

bench: .venv/.dev ## the measurements of bench/, each beside its floor
	@.venv/bin/python -m bench

docs: .venv/.dev ## write the generated pages of docs/reference, and build the site into site/
	.venv/bin/python scripts/generate_reference.py
	.venv/bin/zensical build --strict --clean

pictures: .venv/.dev ## take the pictures of README and docs, in Chromium
	.venv/bin/python scripts/take_screenshots.py

lock: .venv/.dev ## pin again what pyproject.toml asks for; UPGRADE=1 takes the newest
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements/runtime.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --group dev -o requirements/dev.txt
	echo 'hatchling>=1.27' | $(LOCK) $(if $(UPGRADE),--upgrade) - -c requirements/dev.txt -o requirements/build.txt
	echo 'uv' | $(LOCK) $(if $(UPGRADE),--upgrade) - -o requirements/bootstrap.txt

clean: ## remove environments, caches and build products; data stay
	rm -rf .venv .uv build dist site .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests bench scripts -name __pycache__ -prune -exec rm -rf {} +
