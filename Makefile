# make demo    a board on this machine, from nothing: in a window, or, with no display, as a story told in pictures
# make test    format, lints, docs, licences, then every test; SLOW=1 adds the long ones
# make bench   the figures of README.md, measured here beside Chromium and mpv
# make e2e     the checks that need nginx, cage and a sound server
# make vm-test a board in an emulated machine, from power-on to pulled plugs; half an hour, as root
# make fonts   only the fonts
#
# Each installs the Debian packages that it lacks. PACKAGES=skip: installs nothing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Targets build with cargo in the same folder; side by side they would only wait for each other.
.NOTPARALLEL:

CARGO ?= cargo
DENY_VERSION := 0.20.2
TARGET := $(or $(CARGO_TARGET_DIR),target)
VENV := $(abspath $(TARGET))/venv
BANGTIN := $(TARGET)/release/bangtin
PACKAGES ?= install
need = $(if $(filter skip,$(PACKAGES)),true,scripts/packages.sh $(1))

.PHONY: help demo test bench e2e vm-test fonts release python lint deny assets

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo:
	@$(call need,build run)
	@$(MAKE) --no-print-directory fonts release
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then exec $(BANGTIN) demo; else exec $(BANGTIN) demo --story; fi

release:
	$(CARGO) build --release --locked

# `apt-get download` needs package lists; a fresh machine may have none yet.
fonts:
	@sh fonts/fetch.sh || { $(call need,--refresh) && sh fonts/fetch.sh; }

python: $(VENV)/ready

$(VENV)/ready: tests/python/requirements.txt
	@python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets --locked -- -D warnings
	RUSTDOCFLAGS=-Dwarnings $(CARGO) doc --no-deps --locked

deny:
	@$(CARGO) deny --version >/dev/null 2>&1 || $(CARGO) install cargo-deny --locked --version $(DENY_VERSION)
	$(CARGO) deny check bans licenses sources
	@# A machine with no way to GitHub cannot have the advisories: that is said, and is not a failure. A finding is.
	@if timeout 180 $(CARGO) deny fetch db; then \
	  $(CARGO) deny check --disable-fetch advisories; \
	else \
	  echo "advisories: NOT CHECKED, the database could not be fetched from here"; \
	fi

# Cargo's own count of tests is the last line, and its exit code is ours.
test:
	@$(call need,build run test e2e)
	@$(MAKE) --no-print-directory fonts python lint deny
	BANGTIN_PYTHON=$(VENV)/bin/python $(CARGO) test --locked

bench:
	@$(call need,build run test e2e bench)
	@$(MAKE) --no-print-directory fonts release
	benches/measure.sh $(BANGTIN)

e2e:
	@$(call need,build run test e2e)
	@$(MAKE) --no-print-directory fonts python release
	tests/e2e/displays.sh $(BANGTIN)
	tests/e2e/sound.sh $(BANGTIN)
	$(VENV)/bin/python tests/e2e/tamper.py $(BANGTIN)
	$(VENV)/bin/python tests/e2e/clocks.py $(BANGTIN)
	$(VENV)/bin/python tests/e2e/bombs.py $(BANGTIN)
	$(VENV)/bin/python tests/e2e/kill.py $(BANGTIN)
	$(VENV)/bin/python tests/e2e/corpus.py $(BANGTIN)
	$(VENV)/bin/python tests/e2e/hearing.py $(BANGTIN)
	$(VENV)/bin/python tests/e2e/decoders.py $(BANGTIN) --minutes 1
	for what in sync stopped two changes; do $(VENV)/bin/python tests/e2e/together.py $$what $(BANGTIN) || exit 1; done

# Not part of `test`: an emulator is slow.
vm-test:
	@$(call need,build run vm)
	@$(MAKE) --no-print-directory fonts release
	tests/vm/run.py $(BANGTIN) --folder $(TARGET)/vm

# The demo's picture, film and sounds, made again.
assets:
	@$(call need,assets)
	config/demo/make-assets.sh
