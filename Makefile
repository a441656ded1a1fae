# The two main commands are `make run` and `make test`; `make help` lists all targets.
# Each target installs the tools that it needs, if they are missing (see scripts/setup.sh).

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test \
	watch build two-players dynamodb-local fmt format excerpts setup clean \
	unit test-api e2e lint deny mutants chaos screens \
	size bench traffic cost \
	bundle test-deploy aws-up aws-down aws-leftovers

# Additional arguments for the program that a target runs: make run ARGS="--listen 127.0.0.1:4000"
ARGS ?=
export ARGS

help: ## Show this help
	@echo 'make TARGET [ARGS="arguments for the program that the target runs"]'
	@awk '/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9 -]+:.*## / { name = description = $$0; sub(/:.*/, "", name); sub(/^[^#]*## /, "", description); \
			printf "  %-16s %s\n", name, description }' $(MAKEFILE_LIST)

##@ Start here

run: ## Build for release and serve http://127.0.0.1:3000 with the embedded database
	@scripts/run.sh $(ARGS)

test: ## Run all checks: formatting, lints, documents, Rust tests, API, end-to-end tests, sizes
	@ARGS= scripts/test.sh

##@ Develop

watch: ## Serve a development build that follows every change
	@scripts/watch.sh $(ARGS)

build: ## Build target/release/server and target/site, which `make run` serves
	@scripts/build.sh

two-players: ## Build, then open two logged-in players side by side: make two-players ARGS=--headless
	@scripts/two-players.sh $(ARGS)

dynamodb-local: ## Run Amazon's downloadable DynamoDB on port 8000
	@scripts/dynamodb-local.sh $(ARGS)

fmt: ## Format Rust, Leptos' view! macros, TypeScript and JavaScript
	@scripts/format.sh

format: fmt ## The same as fmt

excerpts: ## Update the excerpts of the source in docs/
	@node scripts/excerpts.mjs

setup: ## Install missing tools
	@scripts/setup.sh

clean: ## Delete build output and test results; games in data/ stay
	rm -rf target end2end/node_modules end2end/test-results end2end/playwright-report

##@ Check

unit: ## Run the Rust tests: make unit ARGS="--test integration store::"
	@scripts/test.sh rust

test-api: ## Build, then send generated requests to every operation of the API: make test-api ARGS="-k moves"
	@scripts/test.sh build api

e2e: ## Build, then run the end-to-end tests: make e2e ARGS="-g draw --headed"
	@scripts/test.sh build e2e

lint: ## Check formatting, lints, types, documents and dependencies
	@scripts/test.sh format clippy types documents dependencies

deny: ## Check bans, licences and sources of all dependencies: make deny ARGS=advisories
	@scripts/deny.sh $(ARGS)

mutants: ## Remove parts of the data model and see their tests fail: make mutants ARGS=project-all
	@server/tests/mutants/run.sh $(ARGS)

chaos: ## Play for half an hour with faults and kills, and check the history: make chaos CHAOS_SECONDS=60
	@scripts/chaos.sh

screens: ## Build, then take screenshots of every page into target/screens
	@scripts/screens.sh

##@ Measure

size: ## Build, then measure a first visit, the server's start and its memory
	@scripts/test.sh build size

bench: ## Run the benchmarks, then measure the delay of a move
	@scripts/measure/bench.sh $(ARGS)

traffic: ## Build, then measure the load of a game: bytes, requests, log lines, processor time
	@scripts/measure/traffic.sh

cost: ## Calculate the monthly cost on AWS by the number of games
	@node deploy/cost.mjs

##@ Deploy

bundle: ## Build the bundle, target/bundle/tic-tac-toe-<version>.zip: make bundle ARCH=arm64
	@scripts/bundle.sh

test-deploy: ## Run all checks of the deployment: templates, policy, scripts, bundle, end-to-end tests behind nginx
	@ARGS= scripts/test-deploy.sh

# Not `?=`, because some systems set NAME to the machine's name.
aws-up aws-down aws-leftovers: export NAME = tic-tac-toe

aws-up: ## Deploy to AWS, or update the deployment: make aws-up REGION=eu-central-1 ALERT_EMAIL=you@example.com
	@deploy/aws/up.sh $(ARGS)

aws-down: ## Remove the deployment from AWS, then look for leftovers
	@deploy/aws/down.sh $(ARGS)

aws-leftovers: ## List the resources that are left on AWS and cost money
	@deploy/aws/leftovers.sh
