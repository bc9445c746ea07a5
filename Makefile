# Everything that is done with this repository. `make` lists it.
#
#   make run  PYTHON=python3.12            another interpreter (3.11 to 3.13)
#   make run  ARGS="--server.port 8000"    more options for Streamlit
#   make cluster N=4 ARGS="--port 8000"    more processes, another port
#   make test PYTEST_ARGS="-k canvas -x"   more options for pytest

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
ARGS ?=
N ?= 2
# Two at a time: the browser tests mostly wait. A file stays with one worker, and so does its server;
# and the order stays, by which they come last: see tests/conftest.py.
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder

VENV := .venv
BIN := $(VENV)/bin
# Every module of the library, by its dotted name: ae ae.arrays … ae.training.worker
MODULES = $(subst /,.,$(patsubst %/__init__,%,$(basename $(filter-out %__main__.py,$(sort $(shell find ae -name '*.py'))))))
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SWEEP := $(BIN)/python -m ae sweep
# asgi.py is app.py and the hub of its rooms. Without the option Streamlit's first run on a terminal
# stops and asks for an e-mail address.
SERVE := $(BIN)/python -m streamlit run asgi.py --server.showEmailPrompt false

# $(call apt,PACKAGE,SENTENCE): install a Debian package, or say what is missing.
define apt
	sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	if ! command -v apt-get >/dev/null || { [ -n "$$sudo" ] && ! command -v sudo >/dev/null; }; \
	then echo "$(2)" >&2; exit 1; fi; \
	echo "Installing $(1) ..."; \
	{ $$sudo apt-get -qq update \
	&& $$sudo env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq install -y --no-install-recommends $(1) >/dev/null; } \
	|| { echo "$(2)" >&2; exit 1; }
endef

NO_VENV := This Python has no ensurepip: install the package python3-venv (or its like) and try again.
NO_CHROMIUM := The browser tests need Chromium: install it, or put its path into CHROMIUM.
NO_FIREFOX := Without Firefox (or its path in FIREFOX) its tests are skipped.
NO_HAPROXY := Without haproxy nothing can be served by several processes, and its tests are skipped.
NO_REDIS := Without redis-server the tests of rooms on several processes are skipped.
NO_WEBKIT := Without WebKitWebDriver, its MiniBrowser and Xvfb the tests in WebKit are skipped.

.PHONY: help
help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' \
		| while IFS=$$'\t' read -r target text; do printf '  make %-8s %s\n' "$$target" "$$text"; done

.PHONY: run
run: $(VENV)/.app  ## set everything up and serve the app
	$(SERVE) $(ARGS)

.PHONY: dev
dev: $(VENV)/.tests  ## the same, and reload when a file is saved
	$(SERVE) --server.fileWatcherType auto --server.runOnSave true $(ARGS)

.PHONY: cluster
cluster: $(VENV)/.app haproxy redis  ## serve it with N=2 processes behind HAProxy, rooms in Redis
	$(BIN)/python -m deploy.cluster --processes $(N) $(ARGS)

.PHONY: test
test: lint chromium engines haproxy redis  ## set everything up, then lint and all tests, those in browsers too
	$(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: attack
attack: $(VENV)/.tests  ## the attacks of the tests, twenty times as long
	ATTACK=$${ATTACK:-20} $(BIN)/python -m pytest tests/attacks $(PYTEST_ARGS)

.PHONY: lint
lint: $(VENV)/.tests  ## ruff, mypy, import-linter and Biome
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/biome ci --error-on-warnings

.PHONY: format
format: $(VENV)/.tests  ## let ruff and Biome mend what they can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/biome check --write

.PHONY: coverage
coverage: $(VENV)/.tests chromium haproxy redis  ## all tests, and which lines of ae, ui, hub and pages they ran
	$(BIN)/python -m pytest --cov --cov-report=term $(PYTEST_ARGS)

.PHONY: docs
docs: $(VENV)/.tests  ## render the API of ae to artefacts/docs/
	$(BIN)/pdoc --docformat numpy --output-directory artefacts/docs $(MODULES)

.PHONY: wheel
wheel: $(VENV)/.tests  ## build what `pip install` installs, to dist/
	$(BIN)/python -m hatchling build

.PHONY: text
text: $(VENV)/.tests  ## collect the screen's strings and compile the translations
	$(BIN)/python -m ui.locales

.PHONY: weights
weights: $(VENV)/.atlas  ## train every family again, and measure everything that ships
	$(BIN)/python -m ae train all
	$(BIN)/python -m ae train all --recipe tutorial
	$(SWEEP) shallow --seeds 1 --epochs 40 --vary learning_rate=0.003,0.01,0.02 --csv weights/sweeps/shallow-rate.csv
	$(SWEEP) topk --seeds 1 --epochs 40 --vary learning_rate=0.005,0.01,0.02 --csv weights/sweeps/topk-rate.csv
	$(SWEEP) deep --seeds 1 --epochs 15 --vary learning_rate=0.002,0.005 --csv weights/sweeps/deep-rate.csv
	$(SWEEP) shallow --seeds 5 --csv weights/sweeps/shallow-seeds.csv
	$(SWEEP) shallow --seeds 3 --recipe tutorial --csv weights/sweeps/shallow-tutorial-seeds.csv
	$(BIN)/python -m ae evaluate --write --facts
	$(BIN)/python -m ae evaluate --atlas --compression
	$(BIN)/python benchmarks/own_map.py --write

.PHONY: bench
bench: $(VENV)/.tests chromium haproxy redis  ## measure what benchmarks/README.md reports
	for script in benchmarks/[!_]*.py; do echo "== $$script"; $(BIN)/python "$$script"; done
	for page in compare explore; do $(BIN)/python benchmarks/latency.py --page "$$page" --no-keras; done
	$(BIN)/python benchmarks/menu.py --page explore
	$(BIN)/python benchmarks/latency.py --live
	$(BIN)/python benchmarks/visitors.py --ladder 30,100,200,300
	$(BIN)/python benchmarks/visitors.py --ladder 100,150,200 --processes 1,2,4 --seconds 20

.PHONY: lock
lock: $(VENV)/.tests  ## pin the requirements again, from requirements*.in
	$(PIP) uv
	for name in requirements requirements-dev requirements-atlas; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
			--no-annotate --no-header "$$name.in" -o "$$name.txt"; \
	done

.PHONY: clean
clean:  ## remove caches and artefacts; .venv stays
	rm -rf artefacts dist .coverage* .*_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# No `##`: a step of `make test`, not something to call.
.PHONY: chromium
chromium:
	@[ -n "$${CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null \
	|| { $(call apt,chromium,$(NO_CHROMIUM)); }

.PHONY: engines
engines:
	@[ -n "$${FIREFOX:-}" ] || command -v firefox-esr firefox >/dev/null \
	|| ( $(call apt,firefox-esr,$(NO_FIREFOX)) ) || true
	@{ command -v WebKitWebDriver && command -v Xvfb; } >/dev/null \
	|| ( $(call apt,webkit2gtk-driver xvfb xauth,$(NO_WEBKIT)) ) || true

# On Debian only root has /usr/sbin on the path.
.PHONY: haproxy
haproxy:
	@command -v haproxy /usr/sbin/haproxy >/dev/null \
	|| ( $(call apt,haproxy,$(NO_HAPROXY)) ) || true

.PHONY: redis
redis:
	@command -v redis-server >/dev/null || ( $(call apt,redis-server,$(NO_REDIS)) ) || true

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	|| { echo "Gargalo needs Python 3.11 to 3.13, and $(PYTHON) is not one: try make PYTHON=python3.12." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(call apt,python3-venv,$(NO_VENV)); }
	$(PYTHON) -m venv $(VENV)

# The stamps: a second run installs nothing, a changed requirement installs again. The interpreter
# is order-only, because pip touches its folder.
$(VENV)/.app: requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

# requirements-dev.txt holds all of requirements.txt, so one installation does for both stamps.
$(VENV)/.tests: requirements-dev.txt requirements.txt | $(BIN)/python
	$(PIP) -r requirements-dev.txt
	@touch $(VENV)/.app $@

$(VENV)/.atlas: requirements-atlas.txt requirements.txt | $(BIN)/python
	$(PIP) -r requirements-atlas.txt
	@touch $(VENV)/.app $@
