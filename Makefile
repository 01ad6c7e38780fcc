# Bochuang. `make run` starts a contest, `make test` proves it; both install what is missing (Debian 12).
#
#   make                 the programs, into build/bin/
#   make SANITIZER=address,undefined    the same under sanitizers, into build/address+undefined/bin/
#   make lint            the style, as a test
#   make web             the screens, into build/web/
#   make fuzz            the fuzz targets, into build/fuzz/
#   make coverage        how many branches of each parser the unit tests and the fuzz corpora take
#   make soak            faults and the simulation for SOAK_MINUTES (30)

comma     := ,
VERSION   := 0.1.0
SANITIZER ?=
BUILD     := build$(if $(SANITIZER),/$(subst $(comma),+,$(SANITIZER)))
PREFIX    ?= /usr/local

CC        ?= cc
PACKAGES  := libevent_core hiredis msgpack yaml-0.1 jansson libsodium nettle libxxhash xlsxwriter minizip zlib libcurl libseccomp
WARNINGS  := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef \
             -Wpointer-arith -Wwrite-strings -Wold-style-definition -Wimplicit-fallthrough $(if $(STRICT),-Werror)
HARDENING := -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE \
             $(if $(SANITIZER),,-D_FORTIFY_SOURCE=2)
OPTIMISE  ?= $(if $(SANITIZER),-O1,-O3)
CPPFLAGS  += -I. -D_GNU_SOURCE -DBOCHUANG_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CFLAGS    += -std=c17 -g $(OPTIMISE) -fno-omit-frame-pointer $(WARNINGS) $(HARDENING) \
             $(if $(SANITIZER),-fsanitize=$(SANITIZER) -fno-sanitize-recover=all -DBOCHUANG_CRASH_POINTS)
LDFLAGS   += -pie -Wl,-z,relro,-z,now $(if $(SANITIZER),-fsanitize=$(SANITIZER))
LDLIBS    += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm

# A folder is a library of everything in it but its main.c: the linker takes what a program needs.
sources    = $(filter-out $(1)/main.c,$(wildcard $(1)/*.c))
objects    = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIBRARIES := $(BUILD)/lib/ingest.a $(BUILD)/lib/aggregator.a $(BUILD)/lib/cli.a $(BUILD)/lib/common.a
PROGRAMS  := $(BUILD)/bin/bochuang-ingest $(BUILD)/bin/bochuang-aggregator $(BUILD)/bin/bochuang
# Needs no library on the machine where it runs; the sanitizers would.
ALONE     := $(if $(SANITIZER),,$(BUILD)/bin/bochuang-verify)
UNIT      := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

FUZZ      := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

# Branches as clang sees them, for scripts/coverage.
ifdef COVERAGE
CFLAGS    += -fprofile-instr-generate -fcoverage-mapping -DNDEBUG -w
LDFLAGS   += -fprofile-instr-generate
endif

.PHONY: all programs setup setup-test run test soak lint coverage bench bench-quick unit fuzz fuzz-targets web install clean
.SECONDARY:
.DELETE_ON_ERROR:

all: programs web

programs: $(PROGRAMS) $(ALONE)

$(BUILD)/bin/bochuang-ingest: $(BUILD)/obj/ingest/main.o $(BUILD)/lib/ingest.a $(BUILD)/lib/common.a
$(BUILD)/bin/bochuang-aggregator: $(BUILD)/obj/aggregator/main.o $(BUILD)/lib/aggregator.a $(BUILD)/lib/common.a
$(BUILD)/bin/bochuang: $(BUILD)/obj/cli/main.o $(BUILD)/lib/cli.a $(BUILD)/lib/aggregator.a $(BUILD)/lib/common.a
$(PROGRAMS):
	@mkdir -p $(@D)
	@echo "  ld  $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/bin/bochuang-verify: $(BUILD)/obj/cli/alone/main.o $(BUILD)/lib/cli.a $(BUILD)/lib/aggregator.a $(BUILD)/lib/common.a
	@mkdir -p $(@D)
	@echo "  ld  $@"
	@$(CC) $(CFLAGS) $(patsubst -pie,-static-pie,$(LDFLAGS)) -o $@ $^ $(shell pkg-config --static --libs yaml-0.1 jansson libsodium nettle libxxhash msgpack) -lm

.SECONDEXPANSION:
$(BUILD)/lib/%.a: $$(call objects,$$(call sources,%))
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  cc  $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(LIBRARIES)
	@mkdir -p $(@D)
	@echo "  ld  $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(BUILD)/tests/fold_stdin: $(BUILD)/obj/tests/model/fold_stdin.o $(BUILD)/lib/aggregator.a $(BUILD)/lib/common.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The simulation: its own objects come first, so that they stand in for what touches the machine.
SIM := $(call objects,$(wildcard tests/model/sim/*.c))

$(BUILD)/tests/sim: $(SIM) $(BUILD)/lib/ingest.a $(BUILD)/lib/aggregator.a $(BUILD)/lib/common.a
	@mkdir -p $(@D)
	@echo "  ld  $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--wrap=clock_wall_ms,--wrap=clock_steady_ms -o $@ $^ $(LDLIBS)

HTTP_TOOLS := $(BUILD)/tests/http_echo $(BUILD)/tests/http_vectors
$(HTTP_TOOLS): $(BUILD)/tests/%: $(BUILD)/obj/tests/e2e/%.o $(BUILD)/lib/common.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/lib/aggregator.a $(BUILD)/lib/common.a
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/obj/cli/mapping_built_in.o: $(wildcard config/mappings/*.yaml)

unit: $(UNIT) $(BUILD)/tests/sim

# libFuzzer wants clang, and every object built for it: the same rules once more, with other flags.
fuzz:
	@$(MAKE) --no-print-directory CC=clang BUILD=build/fuzz SANITIZER=fuzzer-no-link,address,undefined fuzz-targets

FUZZER ?= fuzzer,address,undefined
fuzz-targets: $(addprefix $(BUILD)/,$(FUZZ))

$(BUILD)/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/lib/cli.a $(BUILD)/lib/aggregator.a $(BUILD)/lib/common.a
	@echo "  ld  $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=$(FUZZER) -o $@ $^ $(LDLIBS)

coverage: setup-test
	@scripts/coverage

setup:
	@scripts/setup run

setup-test:
	@scripts/setup test

run: setup
	@$(MAKE) --no-print-directory -j"$$(nproc)" all
	@exec deploy/up --demo

test: setup-test
	@tests/run

# What `make test` tries for seconds, for SOAK_MINUTES (30).
soak: setup-test
	@tests/soak

lint:
	@scripts/lint

bench: setup-test
	@$(MAKE) --no-print-directory -j"$$(nproc)" all
	@tests/bench/run

bench-quick: setup-test
	@$(MAKE) --no-print-directory -j"$$(nproc)" all
	@tests/bench/run --quick

# The screens are the same for every tree: a sanitizer does not change them. `npm ci` takes what the lock file says.
web: build/web/index.html

WEB       := aggregator/web
WEB_TOOLS := $(WEB)/node_modules/.package-lock.json

build/web/index.html: $(WEB_TOOLS) $(shell find $(WEB) -path $(WEB)/node_modules -prune -o -type f -print)
	@cd $(WEB) && node build.mjs $(CURDIR)/build/web

$(WEB_TOOLS): $(WEB)/package.json $(WEB)/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing, and the screens need it: scripts/setup run" >&2; exit 1; }
	@echo "  npm $(WEB)"
	@cd $(WEB) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/bochuang
	install -m 755 $(PROGRAMS) $(ALONE) $(DESTDIR)$(PREFIX)/bin
	cp -r config build/web $(DESTDIR)$(PREFIX)/share/bochuang

clean:
	rm -rf build

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
