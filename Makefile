.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Whoever waits for a process or a browser leaves the cores to others, and a long file at the end would be waited for.
LONG_FIRST := tests/e2e tests/unit/life tests/conformance tests/contract tests/unit tests/wire tests/deployment
export PIP_DISABLE_PIP_VERSION_CHECK = 1

##@ Use

.PHONY: demo
demo: install ## A sample VCF through its whole life on the embedded cloud; then stays up (ONCE=1: ends)
	@$(BIN)/python -m local --tour $(if $(ONCE),--once) $(ARGS)

.PHONY: run
run: install ## The whole system on this machine, without the tour
	@$(BIN)/python -m local $(ARGS)

##@ Develop

.PHONY: test
test: install-dev ## Everything but the container tests: lint, types, unit, contract, end to end
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/cfn-lint ecs/templates/*.yaml
	$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(LONG_FIRST) $(ARGS)

.PHONY: lint-templates
lint-templates: install $(VENV)-lint/installed ## checkov on the templates, parliament on their policies
	$(VENV)-lint/bin/checkov --config-file ecs/lint/checkov.yaml
	rm -rf .local/policies
	$(BIN)/python -m ecs.lint.policies .local/policies
	$(VENV)-lint/bin/python -W ignore::UserWarning ecs/lint/check_policies.py .local/policies

.PHONY: test-containers
test-containers: install-dev ## Builds the images and runs the life of a job on Docker Compose
	$(BIN)/pytest tests/containers $(ARGS)

.PHONY: unit
unit: install-dev ## The quick tests alone
	$(BIN)/pytest tests/unit tests/wire tests/deployment $(ARGS)

.PHONY: format
format: install-dev ## Put the code into its standard form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: requirements
requirements: ## Compile every requirements.txt anew, with hashes
	$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet uv
	PATH="$(VENV)-lock/bin:$$PATH" sh local/compile_requirements.sh

##@ Set up

.PHONY: install
install: $(VENV)/installed services/web/static/vendor/installed ## What running needs

.PHONY: install-dev
install-dev: $(VENV)/installed-dev services/web/static/vendor/installed ## What developing needs

.PHONY: clean
clean: ## Remove what was installed and what local runs wrote
	rm -rf $(VENV) $(VENV)-lint $(VENV)-lock .local services/web/static/vendor

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "GAS needs Python 3.11 or newer; say which with: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@ $(VENV)/installed

# checkov needs an older boto3 than the services.
$(VENV)-lint/installed: ecs/lint/requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m venv $(VENV)-lint
	$(VENV)-lint/bin/pip install --quiet --require-hashes --requirement ecs/lint/requirements.txt
	@touch $@

services/web/static/vendor/installed: services/web/requirements-assets.txt services/web/assets.py | $(VENV)/bin/python
	$(BIN)/python -m services.web.assets services/web/static/vendor
	@touch $@

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
