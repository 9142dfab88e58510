# What a person does here, one command each. `make` alone lists them.
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help messages run test check fix browser bench chaos fuzz reference migration lock

PORT ?= $(or $(DIRECTORY_PORT),8000)
ARGS ?=
# Some machines forbid Python to keep what it compiled: each of the hundreds of services of a test run would compile it all again.
COMPILED := env -u PYTHONDONTWRITEBYTECODE
TESTS := $(COMPILED) $(PY) -m pytest

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

run: ## Serve on 127.0.0.1:8000 with the worker inside (PORT=8123 for another port)
	@scripts/setup.sh run
	@exec $(COMPILED) DIRECTORY_PORT=$(PORT) $(PY) -m directory serve --prepare

test: ## Run the whole suite: both databases, the browser, the contracts (ARGS="-k name" for a part)
	@scripts/setup.sh test
	@$(TESTS) -n $${TEST_WORKERS:-2} --dist worksteal $(ARGS)

check: ## Format, lint, types, import contracts, templates and house tests; changes nothing
	@scripts/setup.sh check
	@$(PY) scripts/check.py

fix: ## Put right what tools can put right, and print the documents that come from the code
	@scripts/setup.sh check
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format --quiet . ; $(PY) scripts/print_docs.py

browser: ## Run only the journeys in a real browser
	@scripts/setup.sh test
	@$(TESTS) tests/browser -n 2 $(ARGS)

bench: ## Measure search and pages against their baselines and print the table
	@scripts/setup.sh bench
	@$(COMPILED) $(PY) -m tests.bench $(ARGS)

chaos: ## Kill web servers and workers 200 times on each database during 500 requests, then count
	@scripts/setup.sh test
	@$(COMPILED) $(PY) scripts/chaos.py $(ARGS)

fuzz: ## Play people, clocks, crashes and bounces over requests fifty times as long as the suite does (FUZZ=200)
	@scripts/setup.sh test
	@FUZZ=$${FUZZ:-50} $(TESTS) -n 0 -q tests/property/test_referrals_cascade.py $(ARGS)

reference: ## Rebuild seed/reference and the map's data from the registries' packages
	@scripts/setup.sh check
	@$(PY) scripts/build_reference.py
	@$(PY) -m uv run --quiet --no-project scripts/build_map.py

messages: ## Gather every sentence into the catalogues of locale/ and say which lack a translation
	@scripts/setup.sh check
	@$(PY) scripts/messages.py

migration: ## Write the next migration from the models (NAME="what it does")
	@scripts/setup.sh check
	@$(PY) scripts/new_migration.py $(NAME)

LOCK := $(PY) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

lock: ## Pin every package again by version and hash (ARGS=--upgrade for newer ones)
	@scripts/setup.sh check
	@$(LOCK) -o requirements.lock $(ARGS)
	@$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock $(ARGS)
