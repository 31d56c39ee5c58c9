# The commands of the project. `make test` is what a newcomer and CI run.

STANDARD ?= $(if $(IJW_STANDARD),$(IJW_STANDARD),../shared/standard)
export IJW_STANDARD := $(STANDARD)
VENV := target/venv

.PHONY: all test tools lint unit simulation differential demo deny bench fuzz clean

all: test

## test: everything that must hold before a change lands
test: tools lint unit

## tools: what the tests need besides Rust; installed here when it is missing, and said so
tools: $(VENV)/.ready
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

## lint: formatting and clippy, warnings are errors
lint:
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings

## unit: all tests
unit: tools
	cargo test --locked

## simulation: 2,000 random sequences of what can happen to a back office, and 200 on PostgreSQL and RabbitMQ
## (an ordinary test run tries fewer)
## in memory where the machine can: what a disk may do is tried by the fault tests
MEMORY := $(firstword $(wildcard /dev/shm) $(TMPDIR) /tmp)
simulation: tools
	TMPDIR=$(MEMORY) HAPPYFLOW_SIMULATION_RUNS=2000 cargo test --locked --test it simulation:: -- --nocapture

## differential: libxml2's verdict on 200,000 messages made at random, another series every time
differential: tools
	HAPPYFLOW_DIFFERENTIAL=200000 cargo test --locked --test it differential:: -- --nocapture

## demo: the region's months, from assignment to payment
demo:
	cargo run --release --locked -- demo

## deny: licences, sources and duplicate versions of the packages we use
deny:
	@command -v cargo-deny >/dev/null || cargo install --locked --root target/tools cargo-deny
	PATH="target/tools/bin:$$PATH" cargo deny check bans licenses sources

## fuzz: any bytes at all against levels 1 and 2, until it is stopped (needs cargo-fuzz)
fuzz:
	RUSTC_BOOTSTRAP=1 cargo fuzz run read

## bench: the figures of docs/performance.md
bench:
	cargo bench --locked

clean:
	cargo clean
