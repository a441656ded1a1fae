# The two commands that matter are `make run` and `make test`; `make help` lists the rest.
# Each sets up what is missing, and only that (see scripts/setup.sh).

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run build watch test e2e unit chaos without excerpts lint fmt size bench screens two-players dynamodb-local \
	bundle test-deploy aws-up aws-down aws-leftovers cost traffic setup clean

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

without: ## Take parts of the data model away and see their tests fail: make without ARGS=project-all
	@scripts/without.sh $(ARGS)

excerpts: ## Put the source's own text into the documents again
	@node scripts/excerpts.mjs

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

two-players: ## Build, then open two logged-in players side by side: make two-players ARGS=--headless
	@scripts/two-players.sh $(ARGS)

dynamodb-local: ## Run Amazon's downloadable DynamoDB on port 8000
	@scripts/dynamodb-local.sh $(ARGS)

bundle: ## Build what is deployed, target/bundle/tic-tac-toe-<version>.zip: make bundle ARCH=arm64
	@scripts/bundle.sh

test-deploy: ## Check what is deployed: templates, policy, bundle, and the end-to-end tests behind nginx
	@ARGS= scripts/test-deploy.sh

# Not `?=`: some systems set NAME to the name of the machine.
aws-up aws-down aws-leftovers: export NAME = tic-tac-toe

aws-up: ## Put the game on AWS, or a new version of it: make aws-up REGION=eu-central-1 ALERT_EMAIL=you@example.com
	@scripts/aws-up.sh $(ARGS)

aws-down: ## Remove from AWS what aws-up made, then look for what is left
	@scripts/aws-down.sh $(ARGS)

aws-leftovers: ## List what is left on AWS and would cost money
	@scripts/aws-leftovers.sh

cost: ## Reckon what so many games a day cost
	@node scripts/cost.mjs

traffic: ## Build, then measure what a game asks of a server: bytes, requests, log lines, processor time
	@scripts/traffic.sh

setup: ## Only set up what is missing
	@scripts/setup.sh

clean: ## Remove what was built and what the tests left; games in data/ stay
	rm -rf target end2end/node_modules end2end/test-results end2end/playwright-report
