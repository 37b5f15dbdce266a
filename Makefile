# 分诊台 fenzhen. `make` alone lists what there is.
# Every set-up step leaves a file behind, so that a second `make run` starts at once.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
# what the caller's shell may carry must not steer uv to another environment
unexport VIRTUAL_ENV UV_PYTHON UV_PROJECT_ENVIRONMENT PYTHONPATH

UV_VERSION := 0.13.8
UV := .tools/bin/uv
BIN := .venv/bin
MAIN_PYTHON := 3.11 3.12 3.13

# compiled once here, or every process would compile on every start where nothing may be written;
# with progress bars where somebody is looking
SYNC = $(UV) sync --locked --compile-bytecode $$([ -t 2 ] || echo --quiet)

UV_READY := .tools/.uv-$(UV_VERSION)
MAIN_READY := .venv/.ready
DEV_READY := .venv/.ready-dev
BOT_READY := bot/.venv/.ready
NODE_READY := web/node_modules/.ready
WEB_READY := web/dist/.ready

MAIN_INPUTS := pyproject.toml uv.lock nlp/pyproject.toml
BOT_INPUTS := bot/pyproject.toml bot/uv.lock nlp/pyproject.toml
WEB_INPUTS := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' \
	-not -path '*/test*/*' 2>/dev/null)

# rising cost: the cheap ones fail first; what needs a whole desk has the machine for itself
DATABASE_TESTS := tests/contract tests/integration
DESK_TESTS := tests/bot tests/e2e tests/browser tests/fault
UNIT := $(BIN)/pytest tests/unit --disable-socket --allow-unix-socket -q

##@ 使用 use

.PHONY: help
help: ## 列出全部目标 / this list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: setup ## 准备并启动，http://127.0.0.1:8000（FENZHEN_PORT 可改） / set up and serve
	@exec $(BIN)/fenzhen up

.PHONY: setup
setup: $(MAIN_READY) $(BOT_READY) $(WEB_READY) ## 只准备，不启动 / set up only

.PHONY: train
train: setup ## 训练一个新版本（需要 make run 正在运行） / train a new release on the running desk
	@exec $(BIN)/fenzhen train

.PHONY: web
web: $(WEB_READY) ## 构建网页 / build the pages

##@ 开发 develop

.PHONY: check
check: $(DEV_READY) ## 一分钟内：格式、类型、依赖方向、单元测试 / lint, types, import rules, unit tests
	@$(MAKE) -j2 -k -O unit lint types imports

.PHONY: lint
lint: $(DEV_READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/typos

.PHONY: types
types: $(DEV_READY)
	@$(BIN)/mypy

.PHONY: imports
imports: $(DEV_READY)
	@$(BIN)/lint-imports

.PHONY: unit
unit: $(DEV_READY)
	@$(UNIT)

.PHONY: pages
pages: $(NODE_READY)
	@npm --prefix web test

.PHONY: format
format: $(DEV_READY) ## 自动整理格式 / format and fix what can be fixed
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: test
test: setup $(DEV_READY) browser ## 全部测试 / every test
	@$(MAKE) -j2 -k -O unit pages
	$(BIN)/pytest --numprocesses 2 --dist loadfile $(DATABASE_TESTS)
	$(BIN)/pytest $(DESK_TESTS)

.PHONY: browser
browser:
	@scripts/install-browser

.PHONY: clean
clean: ## 删除缓存和构建结果 / remove caches and built pages
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis web/dist
	find . -name __pycache__ -not -path '*/.venv/*' -not -path '*/node_modules/*' -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## 另外删除全部环境（数据 .fenzhen/ 保留） / environments too; the data stays
	rm -rf .tools .venv bot/.venv web/node_modules

# --- set-up steps -------------------------------------------------------------------------------

$(UV_READY):
	@echo "准备 uv $(UV_VERSION) / fetching uv"
	@python3 -m pip --version >/dev/null 2>&1 || { \
		echo "需要带 pip 的 Python 3（例如 apt-get install python3-pip）。" >&2; \
		echo "Python 3 with pip is needed, for instance apt-get install python3-pip." >&2; exit 1; }
	@PIP_USER=0 python3 -m pip install --quiet --upgrade --disable-pip-version-check \
		--root-user-action=ignore --target .tools uv==$(UV_VERSION)
	@touch $@

# The interpreter is chosen once. `uv sync --python` would throw an environment away and make it
# anew whenever the same Python goes by another name.
.venv/bin/python: | $(UV_READY)
	@python=$$(scripts/find-python $(UV) $(MAIN_PYTHON)) && \
		$(UV) venv --quiet --clear --python "$$python" .venv

bot/.venv/bin/python: | $(UV_READY)
	@python=$$(scripts/find-python $(UV) 3.10) && \
		$(UV) venv --quiet --clear --python "$$python" bot/.venv

# --inexact: the run environment must not throw out the development tools, nor the other way round
$(MAIN_READY): $(MAIN_INPUTS) | .venv/bin/python
	@echo "准备主环境 / main environment (Python ≥3.11)"
	@$(SYNC) --no-dev --inexact
	@touch $@

$(DEV_READY): $(MAIN_INPUTS) | .venv/bin/python
	@echo "准备开发工具 / development tools"
	@$(SYNC) --inexact
	@touch $@ $(MAIN_READY)

$(BOT_READY): $(BOT_INPUTS) | bot/.venv/bin/python
	@echo "准备 Rasa 环境（约 2.6 GB，第一次要几分钟） / Rasa environment (Python 3.10, about 2.6 GB)"
	@$(SYNC) --project bot
	@touch $@

$(NODE_READY): web/package.json web/package-lock.json
	@scripts/check-node
	@echo "准备网页工具 / page tools"
	@npm --prefix web ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB_READY): $(NODE_READY) $(WEB_INPUTS)
	@scripts/check-node
	@echo "构建网页 / building the pages"
	@npm --prefix web run --silent build
	@touch $@
