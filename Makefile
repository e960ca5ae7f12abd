# `make` lists what there is to make.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/semblance/venv
DATA := $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/semblance
SEMBLANCE := $(or $(CARGO_TARGET_DIR),target)/release/semblance

# What `run` opens.
SAMPLE := $(DATA)/sample
# A folder of labelled micrographs with a manifest.csv, for `models`.
LABELLED ?=

# packaging/setup puts a newer CMake and the tests' Python there when the system lacks them.
export PATH := $(VENV)/bin:$(PATH):$(HOME)/.cargo/bin

# cargo-nextest runs tests side by side, but leaves out those in the documentation.
NEXTEST := $(shell PATH="$(PATH)" command -v cargo-nextest)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: build ## install what is missing, build, open the window on the sample library
	@if [[ ! -d "$(SAMPLE)" ]]; then \
	    echo "making the sample library in $(SAMPLE)"; \
	    rm -rf "$(SAMPLE).part"; \
	    mkdir -p "$(DATA)"; \
	    "$(SEMBLANCE)" sample --out "$(SAMPLE).part"; \
	    mv "$(SAMPLE).part" "$(SAMPLE)"; \
	fi
	"$(SEMBLANCE)" "$(SAMPLE)"

.PHONY: build
build: setup ## the program, optimised, as target/release/semblance
	cargo build --release --locked

.PHONY: setup
setup: ## install what building and running needs
	packaging/setup

.PHONY: setup-test
setup-test: ## the same and what the tests need
	packaging/setup --test

.PHONY: test
test: export SEMBLANCE_TEST_PYTHON := $(VENV)/bin/python3
test: setup-test ## install what is missing, run all tests
ifdef NEXTEST
	cargo nextest run --locked
	@if grep -rqE '^[[:space:]]*//[/!][[:space:]]*```' src; then \
	    echo "cargo test --doc --locked"; cargo test --doc --locked; \
	fi
else
	cargo test --locked
endif

.PHONY: check
check: fmt lint layers ## format, lints, and which module may import which

.PHONY: fmt
fmt: ## is everything formatted?
	cargo fmt --all -- --check

.PHONY: lint
lint: setup ## clippy, warnings are errors
	cargo clippy --all-targets --locked -- -D warnings

.PHONY: layers
layers: setup ## does each module import only what stands above it?
ifdef NEXTEST
	cargo nextest run --locked --test it -E 'test(/^layers::/)'
else
	cargo test --locked --test it layers::
endif

.PHONY: bench
bench: export SEMBLANCE_TEST_PYTHON := $(VENV)/bin/python3
bench: ## how long reading takes, beside libtiff
	packaging/setup --bench
	cargo bench --locked --bench reading

.PHONY: bench-learning
bench-learning: export SEMBLANCE_TEST_PYTHON := $(VENV)/bin/python3
bench-learning: ## how long learning takes and how good it is, beside scikit-learn
	packaging/setup --bench
	cargo bench --locked --bench learning

.PHONY: bench-window
bench-window: setup ## how long the window takes for a frame, how fast it classifies, how soon a label is on the disk
	cargo bench --locked --bench window

.PHONY: models
models: build ## train models/starter (from LABELLED=folder) and models/sample again
	@if [[ ! -f "$(LABELLED)/manifest.csv" ]]; then \
	    echo "no $(LABELLED)/manifest.csv: make models LABELLED=folder" >&2; exit 1; \
	fi
	"$(SEMBLANCE)" train --images "$(LABELLED)" --manifest "$(LABELLED)/manifest.csv" \
	    --min-images 15 --cross-validate 5 --name starter --out models/starter \
	    --description "Eight categories of real micrographs to start from; train one of your own as soon as you have labels." \
	    --data "$$(cat models/starter-data.txt)"
	rm -rf target/sample-library
	"$(SEMBLANCE)" sample --out target/sample-library --per-category 40 --seed 1
	"$(SEMBLANCE)" train --images target/sample-library --manifest target/sample-library/manifest.csv \
	    --cross-validate 5 --name sample --out models/sample \
	    --description "For the sample library of synthetic micrographs alone: it has never seen a real one." \
	    --data "Synthetic micrographs, drawn by the sample command with seed 1; the sample library is part of them. The figures say how well synthetic images are told apart, and nothing of real ones."

.PHONY: screenshots
screenshots: build setup-test ## pictures of the window for the documentation
	packaging/screenshots

.PHONY: clean
clean: ## remove what was built here
	cargo clean
