# `make` alone lists the targets. Everything runs in .venv, which is built from requirements.lock
# when it is missing or out of date. Without make (Windows, conda): docs/setup.md.

# A Python to build .venv with. Left empty, the first of $(PYTHONS) that is new enough is taken.
PYTHON  ?=
PYTHONS := python3 python3.13 python3.12 python3.11

BIN   := .venv/bin
# Jupyter refuses to start for root (in a container, say) unless told.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
STAMP := .venv/.stamp
NBVAL := --nbval --nbval-current-env --nbval-sanitize-with tests/sanitize.cfg --nbval-cell-timeout=120

# Tests run one process per core, so each process gets one thread. Notebooks must not inherit
# MPLBACKEND: under agg their figures are drawn and never shown.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
PYTEST     := $(BIN)/python -m pytest -n auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help lab demo test notebooks exercises datasets claims bench lint lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

lab: $(STAMP) ## open JupyterLab on the first notebook
	$(BIN)/jupyter lab $(AS_ROOT) notebooks/00_start_here.ipynb

demo: $(STAMP) ## simulate, compare and write an HTML report, without a browser
	$(BIN)/crmlab demo

# Both halves run, and either one can fail the target.
test: $(STAMP) ## run tests and doctests, then every notebook against its stored outputs
	@status=0; \
	$(ONE_THREAD) MPLBACKEND=agg $(PYTEST) --doctest-modules tests crmlab || status=1; \
	env -u MPLBACKEND $(ONE_THREAD) $(PYTEST) $(NBVAL) notebooks solutions || status=1; \
	exit $$status

notebooks: $(STAMP) ## run the notebooks again and store their outputs
	$(ONE_THREAD) $(BIN)/python tools/run_notebooks.py notebooks solutions

exercises: $(STAMP) ## generate the exercises from their solutions again
	$(BIN)/python -m tools.make_exercises

datasets: $(STAMP) ## generate the shipped data sets again
	$(BIN)/crmlab datasets build

claims: $(STAMP) ## measure every claim over many worlds, what it hangs on, and the peers; store the tables
	$(BIN)/crmlab claims
	$(BIN)/crmlab sensitivity
	$(BIN)/python -m crmlab.experiments.peers
	$(BIN)/python -m crmlab.experiments.value_chain_gains
	$(BIN)/python -m crmlab.experiments.crm_type_versions
	$(BIN)/python -m crmlab.experiments.crm_type_firms
	$(BIN)/python -m crmlab.experiments.league
	$(BIN)/python -m tools.docs

bench: $(STAMP) ## measure speed, memory and realism
	$(ONE_THREAD) $(BIN)/python -m benchmarks

lint: $(STAMP) ## check style, format and types
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy crmlab || status=1; \
	exit $$status

# The versions already locked are kept unless pyproject.toml rules them out;
# `make lock UPGRADE=--upgrade` takes the newest ones.
lock: $(STAMP) ## resolve the dependencies again into requirements.lock
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --all-extras --python-version 3.11 $(UPGRADE) \
		pyproject.toml -o requirements.lock

clean: ## remove .venv, caches and built packages (out/ stays)
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

# uv installs the lock in seconds; where it cannot be had, pip does the same in minutes.
# The stamp is written last: an interrupted build starts again.
$(STAMP): requirements.lock pyproject.toml
	@for python in $(if $(PYTHON),"$(PYTHON)",$(PYTHONS)); do \
		if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
			2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "crmlab needs Python 3.11, 3.12 or 3.13, and none of these is one:" \
			$(if $(PYTHON),"$(PYTHON)",$(PYTHONS)) >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi; \
	if ! $(BIN)/python -c '' 2>/dev/null; then \
		echo "Building .venv with $$("$$found" --version)"; \
		"$$found" -m venv --clear .venv || exit 1; \
	fi
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv \
		|| echo "uv cannot be had; pip takes over (slower)"
	@if [ -x $(BIN)/uv ]; then install="$(BIN)/uv pip install --quiet --python $(BIN)/python"; \
	else install="$(BIN)/python -m pip install --quiet"; fi; \
	$$install --require-hashes -r requirements.lock \
		&& $$install --no-deps --no-build-isolation -e .
	@touch $@
