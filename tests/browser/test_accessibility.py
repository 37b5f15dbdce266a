"""axe finds nothing serious on any page, in light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, picture

SERIOUS = {"serious", "critical"}
FADED = """() => Promise.allSettled(
    document.getAnimations().filter((a) => Number.isFinite(a.effect.getComputedTiming().endTime))
        .map((a) => a.finished)
)"""
"""Waits for what ends: a spinner turns for ever."""


def serious(page: Page) -> list[str]:
    """What axe finds once colours have stopped fading into each other."""
    page.evaluate(FADED)
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {node['html'][:120]}"
        for item in found
        if item["impact"] in SERIOUS
        for node in item["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True])
def test_the_shop_with_the_open_widget(open_page: OpenPage, dark: bool) -> None:
    page = open_page("/", dark=dark)
    page.get_by_role("button", name="打开在线客服").click()
    expect(page.get_by_label("输入消息")).to_be_visible()
    assert serious(page) == []


@pytest.mark.parametrize("dark", [False, True])
def test_the_sign_in_page(open_page: OpenPage, dark: bool) -> None:
    page = open_page("/console/", dark=dark)
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert serious(page) == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("desk", "会话"),
        ("tickets", "工单"),
        ("customers", "客户"),
        ("appointments", "预约"),
        ("follow-ups", "回访"),
        ("knowledge", "知识"),
        ("material", "学习资料"),
        ("review", "复核"),
        ("training", "训练"),
        ("wall", "监控"),
        ("alerts", "告警"),
        ("audit", "审计"),
        ("settings", "设置"),
    ],
)
def test_the_pages_of_the_console(
    console: Callable[..., Page], name: str, link: str, dark: bool
) -> None:
    page = console("admin", dark=dark)
    page.get_by_role("link", name=re.compile(rf"^{link}")).click()  # 「会话 1 位客户在排队」
    page.wait_for_load_state("networkidle")
    if not dark:
        picture(page, f"console-{name}")
    assert serious(page) == []
