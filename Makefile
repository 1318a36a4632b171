# Two commands do everything: `make reports` and `make test`. The first call of any target makes .venv from requirements.lock.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export UV_PYTHON_DOWNLOADS := never
ARGS ?=
# en, ja or ko. Desktops set LANGUAGE for themselves (en_GB:en), which asks for none of our notebooks.
SPOKEN = $(if $(filter command,$(origin LANGUAGE)),$(LANGUAGE),$(or $(CX_LANGUAGE),$(filter ja ko,$(LANGUAGE))))

.PHONY: help reports test pytest test-engines lab bench lint lock clean
.DEFAULT_GOAL := help

help:
	@echo "make reports       render the sample reports and print where they are; LANGUAGE=ja or ko in Japanese or Korean"
	@echo "make test          run all tests"
	@echo "make test-engines  add Spark, PostgreSQL and Dask, and run their tests"
	@echo "make lab           open the notebooks in JupyterLab; where data/raw has files, copies in notebooks/mine;"
	@echo "                   LANGUAGE=ja or ko has menus, notebooks and copies in Japanese or Korean"
	@echo "make bench         run the benchmarks and print their tables"
	@echo "make lint          check the style and the types of the code"
	@echo "make lock          pin the dependencies anew, and write environment.yml"
	@echo "make clean         remove .venv and caches"

$(READY): requirements.lock pyproject.toml Makefile
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.version_info >= (3, 15))' || { \
	  echo "cxlib needs Python 3.11 to 3.14, and python3 is $$(python3 -V 2>&1). Put a newer python3 first on PATH."; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute and 1.5 GB)"
	@set -e; \
	if command -v uv >/dev/null 2>&1; then \
	  uv=uv; uv venv --quiet --allow-existing --python "$$(python3 -c 'import sys; print(sys.executable)')" $(VENV); \
	else \
	  python3 -c 'import ensurepip' 2>/dev/null || { \
	    v=$$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	    echo "python3 cannot make a virtual environment. On Debian or Ubuntu: sudo apt-get install python$$v-venv"; exit 1; }; \
	  python3 -m venv $(VENV); uv=$(BIN)/uv; \
	  sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.txt; \
	fi; \
	$$uv pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python requirements.lock; \
	$$uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@if [ -e .git ] && command -v git >/dev/null; then git config filter.cx-notebook.clean 'python3 -I cxlib/report/cleaning.py' || true; fi
	@touch $(READY)

lab reports: export CX_LANGUAGE := $(SPOKEN)

reports: $(READY)
	@$(BIN)/cx run reports/sample.yml $(ARGS)

# Style and types beside the tests; what takes longest begins first.
test: export OPENBLAS_NUM_THREADS := 1
test: export PYTHONDONTWRITEBYTECODE :=
test: $(READY)
	@$(BIN)/python -m compileall -q cxlib
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=none lint pytest

pytest: $(READY)
	$(BIN)/python -m pytest tests -p no:nbval -n 3 --dist loadscope --no-loadscope-reorder -k "not (engines and pyspark)" $(ARGS)
	$(BIN)/python -m pytest --doctest-modules cxlib --nbval --nbval-kernel-name cxlib notebooks --ignore=notebooks/mine -n 2 --dist loadscope

$(VENV)/.engines: $(READY) requirements-engines.lock
	@echo "Adding Spark, PostgreSQL and Dask to $(VENV) (once; about a minute and 0.6 GB)"
	@set -e; uv=$$(command -v uv || echo $(BIN)/uv); \
	sed -n '/^setuptools==/,/[^\\]$$/p' requirements-engines.lock > $(VENV)/setuptools.txt; \
	for part in $(VENV)/setuptools.txt requirements-engines.lock; do \
	  $$uv pip install --quiet --require-hashes --no-deps --no-build-isolation --compile-bytecode --python $(BIN)/python -r $$part; \
	done
	@touch $@

test-engines: $(VENV)/.engines
	$(BIN)/python -m pytest tests/engines tests/report/test_dask.py $(ARGS)

lab: $(READY)
	@folder=notebooks; locale=; case "$$CX_LANGUAGE" in '') ;; en) locale=en ;; \
	  ja) folder=notebooks/ja locale=ja_JP ;; ko) folder=notebooks/ko locale=ko_KR ;; \
	  *) echo "LANGUAGE=$$CX_LANGUAGE: the notebooks are in en, ja and ko; say make lab LANGUAGE=ja" >&2; exit 2 ;; esac; \
	page=$$folder/00_start_here.ipynb; \
	if [ -n "$(MINE)$$(find data/raw -mindepth 1 ! -name 'README.md' ! -name '.*' 2>/dev/null | head -n 1)" ]; then page=$$($(BIN)/cx mine) || exit; fi; \
	if [ -n "$$locale" ]; then \
	  set -- --LabApp.app_settings_dir="$(CURDIR)/$(VENV)/lab/$$locale"; mkdir -p "$(VENV)/lab/$$locale"; \
	  printf '{"@jupyterlab/translation-extension:plugin": {"locale": "%s"}}\n' $$locale >"$(VENV)/lab/$$locale/overrides.json"; \
	fi; \
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/$$page "$$@" $(ARGS)

bench: $(READY)
	@status=0; for file in tests/benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || status=1; done; exit $$status

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy

lock: $(READY)
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --group test --group build pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --constraint requirements.lock --extra dask --extra postgres --extra spark --group engines \
	  $$(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package \1/p' requirements.lock) pyproject.toml \
	  --output-file requirements-engines.lock
	$(BIN)/python tests/packaging/environment.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
