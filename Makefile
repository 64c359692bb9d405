# SPDX-License-Identifier: BSD-3-Clause
# Thin front door: the build itself is CMake (see CMakePresets.json).
PREFIX  ?= /usr/local
PRESET  ?= release
JOBS    ?= $(shell nproc)
TIERS   ?=
ONLY    ?=
# A prefix that the environment names is another build's.
unexport OSV_PREFIX
presets := release debug

help:
	@echo "make run                  set up, build, and boot samples/hello in QEMU"
	@echo "make                      this text; 'make all' builds libosv.a, the tools and the samples (PRESET=release|debug)"
	@echo "make test                 build both presets and run every test (TIERS='unit guest' ONLY=REGEX to select)"
	@echo "make bench                print the table of figures, side by side with Linux"
	@echo "make install PREFIX=DIR   install both presets and the tools below DIR"
	@echo "make setup                install the packages and fetch the sources that the build needs"
	@echo "make clean                remove build/"

setup:
	@cmake/setup.sh packages build
	@cmake/setup.sh sources > /dev/null

setup-test: setup
	@cmake/setup.sh packages test

$(addprefix build-,$(presets)): build-%: setup
	@test -f build/$*/build.ninja || cmake --preset $*
	@ninja -C build/$* -j$(JOBS)

all: build-$(PRESET)

run: build-$(PRESET)
	build/$(PRESET)/prefix/bin/osv run build/$(PRESET)/samples/hello/hello.elf

test: setup-test
	@set -e; for preset in $(presets); do \
	  test -f build/$$preset/build.ninja || cmake --preset $$preset; \
	  ninja -C build/$$preset -j$(JOBS); \
	  ninja -C build/$$preset -j$(JOBS) -k 0 tests || echo "some tests do not build: they will fail below"; \
	done
	@tests/run --jobs $(JOBS) --junit build/junit.xml $(addprefix --tier ,$(TIERS)) $(if $(ONLY),--only '$(ONLY)') \
	  $(addprefix build/,$(presets))

install: $(addprefix build-,$(presets))
	@ninja -C build/release -j$(JOBS) host-library
	@for preset in $(presets); do cmake --install build/$$preset --prefix '$(PREFIX)' || exit 1; done
	@echo "installed below $(PREFIX)"

bench: build-release
	@cmake/setup.sh packages test bench
	@tests/bench/run build/release

clean:
	rm -rf build

.PHONY: help setup setup-test all run test install bench clean $(addprefix build-,$(presets))
