# Everything that is typed to learn from, to test and to maintain HelloSockets.
# Each target first makes the environment in .venv; once it is there, that takes no time.

VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := $(VENV)/hellosockets-ready
LESSONS := my-lessons

.DEFAULT_GOAL := help
.PHONY: help lab test style types tests notebooks conformance fuzz api slides pictures constraints clean FORCE

help:  ## say what there is
	@echo "make TARGET [ARGS=...] [PYTHON=python3.12]"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 16

lab: $(READY)  ## open copies of the lessons in JupyterLab (headless: make lab ARGS=--no-browser)
	$(BIN)/python -m hellosockets lessons $(LESSONS)
	$(BIN)/jupyter lab --ServerApp.root_dir=$(LESSONS) --LabApp.default_url=/lab/tree/00_start.ipynb $(ARGS)

test: style types tests  ## run every check: style, types, unit tests, notebooks, browser

style: $(READY)  ## check with ruff how the code is written
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY)  ## check the types with mypy
	$(BIN)/mypy

tests: $(READY)  ## run the unit tests, every notebook and the browser tests
	$(BIN)/pytest --nbval -rs $(ARGS)

notebooks: $(READY)  ## maintainers: execute every notebook again and store its outputs
	$(BIN)/python -m tools.store_notebooks $(ARGS)

conformance: $(READY)  ## run all of Autobahn's cases, and write docs/conformance.md: some minutes
	$(BIN)/python -m tools.check_conformance $(ARGS)

fuzz: $(READY)  ## send mutated requests and frames to the server, for two minutes
	$(BIN)/python -m tools.fuzz_server $(ARGS)

api: $(READY)  ## write the reference of the API, in build/api
	$(BIN)/python -m tools.make_api $(ARGS)

slides: $(READY)  ## turn the lessons into presentations, in build/slides
	$(BIN)/python -m tools.make_slides $(ARGS)

pictures: $(READY)  ## maintainers: take the pictures in docs anew
	$(BIN)/python -m tools.take_pictures

constraints: $(READY)  ## maintainers: resolve the dependencies anew and pin them all
	$(BIN)/python -m tools.pin_packages

clean:  ## remove the environment and what the tools left behind
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis tests/phoenix_js/node_modules
	find . -name __pycache__ -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt tools/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" BIN="$(BIN)" sh tools/setup.sh
	@touch $@

# An interpreter that was named and isn't the one of .venv: make the environment anew.
ifdef PYTHON
ifneq ($(shell ($(PYTHON) -VV) 2>/dev/null),$(shell ($(BIN)/python -VV) 2>/dev/null))
$(READY): FORCE
endif
endif
