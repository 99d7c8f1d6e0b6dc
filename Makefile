# Every target sets up what it needs first: nothing has to be installed by hand on Debian 12 with Node 20, as root.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.PHONY: help setup demo demo-pbx test unit lint stories stories-doc bench faults build install

PREFIX ?= /usr/local
DESTDIR ?=
RUN := node --import tsx

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what building, running and testing need
	@scripts/setup.sh

demo: ## run Dialhook with an embedded database and simulated calls
	@scripts/setup.sh node
	@$(RUN) scripts/demo.ts $(ARGS)

demo-pbx: ## run Dialhook with MariaDB, a real Asterisk 22 and real SIP phones
	@scripts/setup.sh node mariadb asterisk22
	@$(RUN) scripts/demo-pbx.ts $(ARGS)

test: ## pass every test, real Asterisk, MariaDB and Chromium among them
	@scripts/setup.sh
	@$(RUN) scripts/test.ts

unit: ## pass the tests that need nothing from outside (20 s)
	@scripts/setup.sh node
	@$(RUN) scripts/test.ts unit

lint: ## check style, types and shell scripts
	@scripts/setup.sh node
	@$(RUN) scripts/test.ts lint

stories: ## play every story on the fold, on Asterisk 16 and on 22 (ARGS='-g park': some of them)
	@scripts/setup.sh node mariadb asterisk
	@$(RUN) scripts/stories.ts $(ARGS)

stories-doc: ## write docs/stories.md from the stories
	@scripts/setup.sh node
	@$(RUN) scripts/stories.ts --doc

bench: ## measure
	@scripts/setup.sh
	@$(RUN) bench/run.ts $(ARGS)

faults: ## do harm of every kind while calls go on, and compare (ARGS='--only kill --times 1000 --seed 7')
	@scripts/setup.sh
	@$(RUN) scripts/faults.ts $(ARGS)

build: ## compile to dist/
	@scripts/setup.sh node
	@npm run --silent build

install: build ## install to $(DESTDIR)$(PREFIX)/lib/dialhook; never touches a configuration
	@scripts/install.sh "$(DESTDIR)" "$(PREFIX)"
