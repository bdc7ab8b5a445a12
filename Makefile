# What anybody (a person, CI, pre-commit) runs. Everything else is found out by scripts/bootstrap.py.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
BIN := .venv/bin
TEMPLATES = $(shell find src -path '*/templates/*.html')
# Checks and tests keep their data apart from yours.
APART := LIANDONG_HOME=var/check
# What one process compiled, the next twenty need not compile again.
unexport PYTHONDONTWRITEBYTECODE

comma := ,
BENCHES = bench/pages.py bench/import_rows.py bench/mining.py bench/radar.py

.DEFAULT_GOAL := help
.PHONY: help setup dev run demo test check check-types check-rules fix messages bench bench-mining bench-ledger bench-bookings bench-certificates bench-matching bench-stations shell backup clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup:
	@$(PYTHON) scripts/bootstrap.py

dev:
	@$(PYTHON) scripts/bootstrap.py --dev

run: setup  ## start Liandong with its demo town (PORT=8000 HOST=127.0.0.1); Ctrl-C stops it
	@LIANDONG_DEMO=$${LIANDONG_DEMO:-1} LIANDONG_PARENT=$$PPID exec $(BIN)/liandong run --host $(HOST) --port $(PORT)

demo: setup  ## fill an empty database with the demo town (SIZE=street or district)
	@LIANDONG_DEMO=1 $(BIN)/liandong demo --size $(or $(SIZE),street)

test: check  ## check, then every test, the browser's too
	@$(PYTHON) scripts/bootstrap.py --browser
	@$(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: dev  ## format, lint, types, layers, migrations, translations, templates
	@$(MAKE) -j2 --no-print-directory check-types check-rules

check-types:
	@$(BIN)/mypy --cache-dir=/dev/null

check-rules:
	@$(BIN)/ruff format --check --output-format concise . || (echo "make fix formats"; exit 1)
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/djade --check --target-version 5.2 $(TEMPLATES) || (echo "make fix formats"; exit 1)
	@$(BIN)/lint-imports > /dev/null || $(BIN)/lint-imports
	@$(BIN)/liandong messages --check
	@$(APART) $(BIN)/liandong manage makemigrations --check --dry-run --verbosity 1

fix: dev  ## format and mend what can be mended
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/djade --target-version 5.2 $(TEMPLATES) || true

messages: dev  ## bring the translation catalogues up to date
	@$(BIN)/liandong messages

bench: dev  ## measure: every program prints its figures beside their anchors
	@for file in $(BENCHES); do echo "== $$file"; LIANDONG_HOME=var/bench $(BIN)/python "$$file" || exit 1; done

bench-mining: dev  ## measure how well and how fast common needs are found
	@$(BIN)/python bench/mining.py

bench-matching: dev  ## measure assignments and rosters beside their anchors (FULL=1: every size, about three hours)
	@bad=0; $(BIN)/python bench/gap.py $(if $(FULL),,--quick) || bad=1; \
	$(BIN)/python bench/matching.py $(if $(FULL),--large,--only 1000x100) || bad=1; \
	$(if $(FULL),:,$(BIN)/python bench/matching.py --only 10000x1000 --ways "first come$(comma)best match first$(comma)ours") || bad=1; exit $$bad

bench-stations: dev  ## measure how often the station map is wrong, and the nearest five of 200,000
	@bad=0; $(BIN)/python bench/stations.py || bad=1; LIANDONG_HOME=var/bench $(BIN)/python bench/stations_nearest.py || bad=1; exit $$bad

bench-ledger: dev  ## transfers of points beside bare pgbench, opposite transfers, kill -9, balances of a district recomputed
	@$(BIN)/python bench/ledger.py

bench-bookings: dev  ## two hundred people book one room and hour at once: one has it
	@$(BIN)/python bench/bookings.py

bench-certificates: dev  ## a thousand PDFs, and the page that checks one among ten million records (ROWS=100000 for a quick look)
	@$(BIN)/python bench/certificates.py $(if $(ROWS),--rows $(ROWS))

shell: setup  ## Python with the models at hand
	@$(BIN)/liandong manage shell

backup: setup  ## everything in one file: make backup FILE=liandong.tar
	@$(BIN)/liandong backup $(or $(FILE),liandong-$(shell date +%Y%m%d-%H%M).tar)

clean:  ## remove what was installed and cached; your data (var/) stays
	@rm -rf .venv .bootstrap.lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis var/test var/check
	@find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
