# A small front for Meson and Ninja. `make help` lists what it does.
# Every path here is relative, so the checkout may lie anywhere, also in a folder with spaces.

PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 20
STORY ?=

# A cron job or a bare shell may lack these; what the caller has comes first.
export PATH := $(PATH):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
export DESTDIR FUZZ_SECONDS STORY

SETUP = meson setup --wrap-mode=nodownload --prefix '$(PREFIX)'

# One target after the other: the packages before the build. Ninja does the parallel work.
.NOTPARALLEL:

.PHONY: all build demo test bench check fuzz faults install uninstall clean help \
    deps-build deps-demo deps-test deps-bench deps-check deps-checker

all: build

build: build/build.ninja
	@ninja -C build

build/build.ninja: | deps-build
	@$(SETUP) build

demo: deps-demo build
	@examples/demo/run

test: deps-test deps-checker build
	@tools/test-summary build

bench: deps-bench build
	@bench/run

check: deps-check build
	@tools/check

fuzz: deps-check
	@tools/fuzz

faults: deps-test build
	@test/fault/faults.py build/chancery build/test/registry/fault_party --all

# The prefix may differ from that of an earlier build; configuring the same one again is free.
install: deps-build deps-checker build
	@meson setup --reconfigure build -Dprefix='$(PREFIX)' >/dev/null
	@meson install -C build

uninstall:
	@if [ -f build/build.ninja ]; then ninja -C build uninstall; \
	else echo 'uninstall: no build/ here that has been installed'; fi

clean:
	@rm -rf build build-*

# Installs what Debian lacks, and is silent when nothing is.
deps-build:
	@tools/deps build
deps-demo:
	@tools/deps build demo
deps-test:
	@tools/deps build test
deps-bench:
	@tools/deps build bench
deps-check:
	@tools/deps build check
deps-checker:
	@tools/deps build checker

help:
	@echo 'make            build build/chancery and build/chancery-verify'
	@echo 'make demo       a negotiation from first contact to public record (STORY=2022: the founding story)'
	@echo 'make test       every test; ends with "N passed, N failed"'
	@echo 'make bench      figures, each beside its peer'
	@echo 'make check      static checks, one line each'
	@echo 'make fuzz       each parser on hostile bytes for FUZZ_SECONDS ($(FUZZ_SECONDS))'
	@echo 'make faults     the registry with a fault at every system call, and killed a thousand times; a quarter of an hour'
	@echo 'make install    to PREFIX ($(PREFIX)), below DESTDIR when set; make uninstall takes it back'
	@echo 'make clean      remove build/ and build-*/'
