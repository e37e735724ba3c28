# What a newcomer types. Needs only make and a Python; everything else goes into .venv.
.PHONY: help setup demo test test-long lint bench
.DEFAULT_GOAL := help

help:
	@echo "make demo       start everything and say where to go (Ctrl-C stops it)"
	@echo "make setup      make .venv with the tools of development, and install the commit hook"
	@echo "make test       everything .ci/run checks: lint, then the tests with coverage"
	@echo "make test-long  the tests that take too long for every day"
	@echo "make lint       format, types, arrows between rooms, dependencies, personal data"
	@echo "make bench      measure, and print the figures"

demo:
	@.ci/venv runtime
	@exec .venv/bin/imorgon demo

setup:
	@.ci/venv dev
	git config core.hooksPath hooks

test:
	@exec .ci/test

test-long:
	@.ci/venv dev
	@exec .venv/bin/pytest -m long

lint:
	@.ci/venv dev
	@exec .ci/lint

bench:
	@.ci/venv dev
	@set -e; for figure in engine longest diverter turns reminders free_times inbox memory demo_start; do echo "== $$figure"; .venv/bin/python -m benchmarks.$$figure; done
