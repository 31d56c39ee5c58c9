# The commands of the project. `make test` is what a newcomer and CI run.

STANDARD ?= $(if $(IJW_STANDARD),$(IJW_STANDARD),../shared/standard)
export IJW_STANDARD := $(STANDARD)
VENV := target/venv
BROWSER := target/browser

.PHONY: all test tools lint unit long demo pictures ten-years deny bench fuzz clean

all: test

## test: everything that must hold before a change lands
test: tools format unit

## tools: what the tests need besides Rust; installed here when it is missing, and said so
tools: $(VENV)/.ready $(BROWSER)/.ready
	@if [ -d "$(STANDARD)/xsd" ]; then \
	  echo "standard: comparing with the official files in $(STANDARD)"; \
	elif [ "$(CI)" = "true" ]; then \
	  echo "standard: $(STANDARD) is missing and CI=true: that is a failure"; exit 1; \
	else \
	  echo "==================================================================="; \
	  echo "NOT COMPARED: the official files of the standard are not in"; \
	  echo "  $(STANDARD)"; \
	  echo "Schemas, samples and rule lists are therefore not compared with ours."; \
	  echo "README.md says where to get them; set IJW_STANDARD to their folder."; \
	  echo "==================================================================="; \
	fi

$(VENV)/.ready: tests/differential/setup.sh
	sh tests/differential/setup.sh
	@touch $@

# Made only when all of it is there, so that it is tried again the next time.
$(BROWSER)/.ready: tests/browser/setup.sh
	sh tests/browser/setup.sh

## format: how the code is laid out
format:
	cargo fmt --check

## One build lints and compiles: clippy's driver in the place of the compiler, for our own crate only, warnings are errors.
LINTING := RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__

## unit: all tests; benches are only compiled. Many tests wait most of their time, for another process or a term: twice as many
## at a time as there are processors
unit: export RUST_TEST_THREADS := $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))
unit: tools
	$(LINTING) cargo test --locked --no-run --all-targets
	$(LINTING) cargo test --locked

## lint: formatting and clippy without a build, for an editor
lint: format
	cargo clippy --all-targets --locked -- -D warnings

## long: the random tests at length, once for every issue; keep what it prints. 2,000 sequences of what can happen to a
## back office, and 200 on PostgreSQL and RabbitMQ; 20,000 histories against the model; libxml2's verdict on 200,000
## messages. Another series every time (an ordinary test run has its share of time of each), our own code optimised, in
## memory where the machine can: what a disk may do is tried by the fault tests
MEMORY := $(firstword $(wildcard /dev/shm) $(TMPDIR) /tmp)
long: tools
	TMPDIR=$(MEMORY) HAPPYFLOW_SEED=$$(date +%s%6N) HAPPYFLOW_SIMULATION_RUNS=2000 HAPPYFLOW_MODEL_RUNS=20000 HAPPYFLOW_DIFFERENTIAL=200000 \
	  cargo test --profile long --locked --test it -- --nocapture simulation:: model:: differential::

## demo: the region's months, from assignment to payment
demo:
	cargo run --release --locked -- demo

## pictures: every page of the console at three widths, dark and on paper, in target/pictures; and
## those of docs/console.md
pictures: $(BROWSER)/.ready
	cargo build --locked
	python3 tests/pictures/pictures.py target/debug/happyflow target/pictures docs/pictures

## ten-years: a region from 2021 to 2030, built once per machine outside the clone, for benches alone; benches/console.py asks it
ten-years:
	cargo build --release --locked
	python3 benches/ten_years.py target/release/happyflow

## deny: licences, sources and duplicate versions of the packages we use; what checks them is built quickly, not to be quick
deny:
	@command -v cargo-deny >/dev/null || { echo "cargo-deny is missing: installing it"; CARGO_PROFILE_DEV_DEBUG=false cargo install --locked --debug cargo-deny; }
	cargo deny check bans licenses sources

## fuzz: any bytes at all against levels 1 and 2, until it is stopped (needs cargo-fuzz); FUZZ=bank against files of banks
fuzz: FUZZ ?= read
fuzz:
	RUSTC_BOOTSTRAP=1 cargo fuzz run $(FUZZ)

## bench: the parts of docs/performance.md; benches/run.sh measures all of it beside the peers, benches/cost.py counts
bench:
	cargo bench --locked

clean:
	cargo clean
