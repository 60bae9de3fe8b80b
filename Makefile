# Targets work from a bare checkout with python3 (3.11 or newer), git and make.
PYTHON ?= python3
BIN := .venv/bin
# If the caller sets this, every start would compile all imports again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run install test thorough lint format docs lock facts reference clean

run: .venv/harness.ready
	$(BIN)/harness run

install: .venv/harness.ready

test: lint
	tests/services
	$(BIN)/harness setup
	$(BIN)/python -m pytest -n 3 --dist worksteal -m "not framework" --ignore tests/benchmarks --durations 10
	$(BIN)/python -m pytest tests/benchmarks --benchmark-disable-gc -q
	$(BIN)/python -m pytest -n 3 -m "framework and not thorough" --durations 10

# Slow tests of parts that faster tests cover mostly: run them after a change of such a part.
thorough: .venv/dev.ready
	tests/services
	$(BIN)/harness setup
	$(BIN)/python -m pytest -n 3 -m thorough

lint: .venv/dev.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The site goes to site/; a broken link, a missing anchor or a page outside the menu is an error.
# Not with --quiet, which would also hide warnings from --strict.
docs: .venv/harness.ready .venv-docs/docs.ready
	$(BIN)/python -m docs.generate
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict

.venv/harness.ready: harness/requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "python3 is older than 3.11: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "no virtual environment: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --require-hashes -r harness/requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

.venv/dev.ready: .venv/harness.ready tests/requirements.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes \
		-r tests/requirements.lock
	@touch $@

.venv-docs/docs.ready: docs/requirements.lock | .venv/harness.ready
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-docs
	$(BIN)/uv pip install --quiet --python .venv-docs/bin/python --require-hashes \
		-r docs/requirements.lock
	@touch $@

# Locks of the harness, tests and docs; `harness lock NAME` writes an adapter's.
lock: .venv/harness.ready
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" harness/requirements.in -o harness/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" harness/requirements.in tests/requirements.in \
		workloads/requirements.in -o tests/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" tests/frameworks/s3/requirements.in \
		-o tests/frameworks/s3/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" docs/requirements.in -o docs/requirements.lock

# The shipped snapshot of facts. It is moved, because .harness/facts.json takes precedence over it.
facts: .venv/harness.ready
	$(BIN)/harness facts --refresh
	mv .harness/facts.json harness/facts/snapshot.json

# The committed report, and its short form in the README, from packed runs that are named by their
# kind. Where two runs have the same cell, the first counts; of verdicts, the newest. The runs are of
# several hosts, but all times of one mode are of one host.
KINDS := inprocess server server-postgres server-worker distributed portability
PACKED = $(foreach kind,$(KINDS),$(wildcard results/reference/*-$(kind).tar.xz)) \
	$(shell ls -r results/reference/*-probes.tar.xz)

reference: .venv/harness.ready
	$(BIN)/harness report $(PACKED) \
		--mix-hosts --format markdown --format json --format html \
		--output results/reference --into README.md
	gzip -9nf results/reference/report.json

clean:
	-$(BIN)/harness clean --envs
	rm -rf .venv .venv-docs site build *.egg-info
