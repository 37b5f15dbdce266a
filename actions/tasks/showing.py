"""Figures as customers read them: money, days, times, states."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from actions.tasks.model import Values
from actions.tasks.slots import SLOTS

SHOP_TIME = ZoneInfo("Asia/Shanghai")
_WEEKDAYS = "一二三四五六日"
_PARTS = {
    "morning": "上午",
    "noon": "中午",
    "afternoon": "下午",
    "evening": "晚上",
    "night": "凌晨",
}

ORDER_STATES = {
    "unpaid": "待付款",
    "paid": "已付款，等待发货",
    "packing": "正在打包",
    "shipped": "已发货",
    "delivered": "已签收",
    "completed": "已完成",
    "cancelled": "已取消",
}
SHIPMENT_STATES = {
    "created": "快递已揽收登记",
    "in_transit": "运输中",
    "out_for_delivery": "正在派送",
    "at_pickup_point": "已到取件点",
    "delivered": "已签收",
    "exception": "运输异常，正在核实",
}
REFUND_STATES = {
    "reviewing": "审核中",
    "waiting_for_goods": "等待您寄回商品",
    "goods_received": "已收到退回的商品，正在验收",
    "paying": "退款已发起，等待到账",
    "paid": "已到账",
    "rejected": "未通过",
}
REFUND_KINDS = {"refund": "退款", "return": "退货退款", "exchange": "换货"}
TICKET_STATES = {
    "open": "待处理",
    "accepted": "已受理",
    "investigating": "调查中",
    "processing": "处理中",
    "waiting": "等待您补充",
    "resolved": "已解决",
    "closed": "已结束",
}


def money(fen: int | None) -> str:
    """「320.50 元」; empty without a figure."""
    if fen is None:
        return ""
    yuan, cents = divmod(fen, 100)
    return f"{yuan:,}.{cents:02d} 元" if cents else f"{yuan:,} 元"


def day(when: date | datetime | str | None) -> str:
    """「11 月 25 日（周三）」."""
    if not when:
        return ""
    if isinstance(when, str):
        when = date.fromisoformat(when)
    if isinstance(when, datetime):
        when = (when.astimezone(SHOP_TIME) if when.tzinfo else when).date()
    return f"{when.month} 月 {when.day} 日（周{_WEEKDAYS[when.weekday()]}）"


def clock(when: datetime) -> str:
    """HH:MM in the shop's time."""
    return f"{when.astimezone(SHOP_TIME):%H:%M}"


def span(start: datetime, end: datetime) -> str:
    """「11 月 25 日（周三）14:00–16:00」."""
    return f"{day(start)}{clock(start)}–{clock(end)}"


def shown(values: Values, titles: Mapping[str, str]) -> dict[str, str]:
    """Every slot as it stands in a sentence; empty ones as 「未填」 never show."""
    return {name: titles.get(name) or _shown(name, values.get(name)) for name in SLOTS}


def _shown(name: str, value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    if name == "date":
        return day(text)
    if name == "day_part":
        return _PARTS.get(text, text)
    if name == "time":
        return text.replace("/", "–")
    return next((item.title for item in SLOTS[name].choices if item.value == text), text)
