# SPDX-License-Identifier: MIT
# make help tells what can be made. Meson does the work; this file fetches what it needs and knows the short names.

BUILD = build
DEPS = $(BUILD)/deps
PREFIX = /usr/local
SCENES =
ARGS =
# What is said on the command line is taken as it is, dollar signs and all, and reaches the shell by the environment.
PHOTO =
PROMPT =
override PHOTO := $(value PHOTO)
override PROMPT := $(value PROMPT)
export PHOTO PROMPT DESTDIR
MAKEFLAGS += --no-print-directory
SHELL = /bin/bash
.SHELLFLAGS = -o pipefail -c

.PHONY: all help story test bench bench-scene bench-credential lint fuzz-short install clean deps test-deps models build

all: deps models build

help:
	@echo 'make                    installs what is missing, fetches the models and builds build/enliven'
	@echo 'make story PHOTO=me.jpg [PROMPT="the sea is rough"] [ARGS="--loop --seconds 8"]'
	@echo '                        the same, and writes me.story.mp4 beside the photo'
	@echo 'make test               all tests: plain, under sanitizers, with clang, lint, fuzz corpus'
	@echo 'make bench              where the time goes'
	@echo 'make bench-scene SCENES=DIR   how well scenes are understood, against labelled photos'
	@echo 'make bench-credential [ARGS="--mib 256"]   signing and checking 1 GiB, against openssl and c2pa-rs'
	@echo 'make lint               clang-tidy and the rules of the house'
	@echo 'make fuzz-short         fuzzes for a minute each'
	@echo 'make install [PREFIX=/usr/local] [DESTDIR=]'
	@echo 'make clean              removes all that was built, models included'

deps:
	@tools/install-deps.sh build

test-deps:
	@tools/install-deps.sh build test

models: deps
	@tools/models/fetch.sh $(DEPS) || \
	  echo 'The models could not be fetched: building and going on without them. Faces, people and hair will not be found.'

# Configured before the models came, it is configured again: the runtime's header decides what is built.
build: models
	@if [ ! -f $(BUILD)/build.ninja ]; then meson setup --prefix $(PREFIX) --libdir lib $(BUILD); \
	elif [ -f $(DEPS)/include/onnxruntime_c_api.h ] && grep -q model_absent.c.o $(BUILD)/build.ninja; then \
	  meson setup --reconfigure $(BUILD); fi
	@ninja -C $(BUILD) --quiet | sed '/no work to do/d'

# The video is made anew each time, so an older one is replaced. The word after -- is a photo, dash in front or not.
story: build
	@[ -n "$$PHOTO" ] || { echo 'Which photo? Say: make story PHOTO=me.jpg' >&2; exit 2; }
	@$(BUILD)/enliven story --force $${PROMPT:+--prompt "$$PROMPT"} $(ARGS) -- "$$PHOTO"

test: test-deps models
	@tests/all.sh $(BUILD)

bench: build
	@$(BUILD)/bench/bench samples/*.jpg $(ARGS)

bench-scene: build
	@[ -n "$(SCENES)" ] || { echo 'Which photos? Say: make bench-scene SCENES=DIR' >&2; exit 2; }
	$(BUILD)/bench/bench-scene "$(SCENES)"

bench-credential: test-deps build
	@python3 bench/bench_credential.py $(BUILD) $(ARGS)

lint: test-deps build
	@tools/lint/run.sh $(BUILD)

fuzz-short: test-deps models
	@fuzz/run.sh $(BUILD)-fuzz 60

install: build
	@meson configure $(BUILD) -Dprefix="$(PREFIX)" -Dlibdir=lib
	@meson install -C $(BUILD) --quiet
	@if [ -d $(DEPS)/models ]; then \
	  install -d "$$DESTDIR$(PREFIX)/share/enliven/models" "$$DESTDIR$(PREFIX)/share/enliven/lib" && \
	  install -m 644 $(DEPS)/models/* "$$DESTDIR$(PREFIX)/share/enliven/models/" && \
	  install -m 644 $(DEPS)/lib/libonnxruntime.so "$$DESTDIR$(PREFIX)/share/enliven/lib/"; fi
	@if [ -z "$$DESTDIR" ] && [ "$$(id -u)" -eq 0 ]; then ldconfig; fi

clean:
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-clang $(BUILD)-fuzz
