# The two commands that matter are `make run` and `make test`; `make help` lists the rest.
# Each sets up what is missing, and only that (see scripts/setup.sh).

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run build watch test e2e unit chaos lint fmt size bench screens dynamodb-local setup clean

# Further arguments of the program that a target runs: make run ARGS="--listen 127.0.0.1:4000"
ARGS ?=
export ARGS

help: ## Say what there is
	@echo "make TARGET [ARGS=\"further arguments of the program that it runs\"]"
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

run: ## Build for release and serve http://127.0.0.1:3000 with the embedded database
	@scripts/run.sh $(ARGS)

build: ## Build what `make run` serves: target/release/server and target/site
	@scripts/build.sh

watch: ## Serve a development build that follows every change of a file
	@scripts/watch.sh $(ARGS)

test: ## Run every check: formatting, lints, unit, store and HTTP tests, end to end, sizes
	@ARGS= scripts/test.sh

e2e: ## Build, then run the end-to-end tests: make e2e ARGS="-g draw --headed"
	@scripts/test.sh build e2e

unit: ## Run the Rust tests: make unit ARGS="--lib rules"
	@scripts/test.sh rust

chaos: ## Play through faults and kills for ten minutes and check the history: make chaos CHAOS_SECONDS=3600
	@scripts/chaos.sh

lint: ## Check formatting, lints, types and dependencies
	@scripts/test.sh fmt clippy types dependencies

fmt: ## Format the Rust code
	@scripts/setup.sh rust
	cargo fmt --all

size: ## Build, then measure a first visit, the server's start and its memory
	@scripts/test.sh build size

bench: ## Build, then measure how fast a move reaches the other player
	@scripts/build.sh
	@node scripts/live.mjs

screens: ## Build, then take pictures of every page into target/screens
	@scripts/screens.sh

dynamodb-local: ## Run Amazon's downloadable DynamoDB on port 8000
	@scripts/dynamodb-local.sh $(ARGS)

setup: ## Only set up what is missing
	@scripts/setup.sh

clean: ## Remove what was built and what the tests left; games in data/ stay
	rm -rf target end2end/node_modules end2end/test-results end2end/playwright-report
