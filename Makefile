# make run: the portal with sample data, on a fresh clone. make test: everything. Both install what they need.
PYTHON ?= python3
BIN := .venv/bin
ROOT := $(shell [ "$$(id -u)" = 0 ] && echo yes)
APT := DEBIAN_FRONTEND=noninteractive apt-get
PACKAGES = $(strip $(if $(wildcard /usr/lib/postgresql/*/bin/postgres),,postgresql) \
	$(if $(wildcard /usr/sbin/sshd),,openssh-server) \
	$(if $(wildcard /usr/bin/chromium),,chromium))

.PHONY: run test test-full lint format bench clean debian-packages
.DELETE_ON_ERROR:

run: .venv/installed-run
	ELD_DEMO=1 ELD_REPLIES_EVERY='15 seconds' $(BIN)/eld run

test: debian-packages .venv/installed-dev
	$(BIN)/python -m pytest

test-full: debian-packages .venv/installed-dev
	$(BIN)/python -m pytest --full

lint: .venv/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/installed-dev
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: debian-packages .venv/installed-dev
	@for bench in benchmarks/bench_*.py; do echo "$$bench"; $(BIN)/python "$$bench" || exit 1; done

# What can be made again. The data in instance/ cannot.
clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is younger than pyproject.toml once everything it names is installed.
.venv/installed-run: pyproject.toml | .venv/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[directory]'
	@touch $@

.venv/installed-dev: pyproject.toml | .venv/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[directory,dev]'
	@touch $@ .venv/installed-run

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or later is needed: make PYTHON=python3.11 ...' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		package="$$($(PYTHON) -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"; \
		if [ -n "$(ROOT)" ]; then $(APT) update && $(APT) install --yes --no-install-recommends "$$package"; \
		else echo "A person must install $$package: sudo apt-get install $$package" >&2; exit 1; fi; }
	$(PYTHON) -m venv --clear .venv

debian-packages:
ifneq ($(PACKAGES),)
ifeq ($(ROOT),yes)
	$(APT) update
	$(APT) install --yes --no-install-recommends $(PACKAGES)
else
	@echo 'A person must install what the tests need: sudo apt-get install $(PACKAGES)' >&2; exit 1
endif
endif
