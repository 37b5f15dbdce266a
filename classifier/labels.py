"""Keys and names of the labels of a customer request (norms §1), in one table.

Data only. An admin may add categories: a key that is not here is its own name.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple


class Name(NamedTuple):
    """How a label is called on pages."""

    zh: str
    en: str


TARGETS = ("category", "nature", "impact", "urgency", "sentiment", "anger")
"""What every message is labelled with, in the order of the columns of `nlu_data/triage`."""

LABELS: MappingProxyType[str, dict[str, Name]] = MappingProxyType(
    {
        "category": {
            "order": Name("订单", "Order"),
            "logistics": Name("物流配送", "Delivery"),
            "refund": Name("退款退货", "Refund and return"),
            "payment": Name("支付", "Payment"),
            "invoice": Name("发票", "Invoice"),
            "product": Name("商品咨询", "Product question"),
            "quality": Name("商品质量", "Product quality"),
            "aftersales": Name("安装维修", "Installation and repair"),
            "account": Name("账号安全", "Account and security"),
            "promotion": Name("优惠会员", "Offers and membership"),
            "service": Name("服务态度", "Service attitude"),
            "other": Name("其他", "Other"),
        },
        "nature": {
            "consult": Name("咨询", "Question"),
            "help": Name("求助", "Request for help"),
            "complaint": Name("投诉", "Complaint"),
            "report": Name("举报", "Report of wrongdoing"),
            "suggestion": Name("建议", "Suggestion"),
            "praise": Name("表扬", "Praise"),
        },
        "impact": {
            "1": Name("仅信息", "Information only"),
            "2": Name("服务受影响", "Service does not work"),
            "3": Name("利益受损", "Money, goods or a right lost"),
            "4": Name("安全或重大风险", "Danger or major risk"),
        },
        "urgency": {
            "1": Name("无时限", "No time pressure"),
            "2": Name("数日内", "Within days"),
            "3": Name("24 小时内", "Within 24 hours"),
            "4": Name("即刻", "Right now"),
        },
        "sentiment": {
            "negative": Name("负面", "Negative"),
            "neutral": Name("中性", "Neutral"),
            "positive": Name("正面", "Positive"),
        },
        "anger": {
            "0": Name("未愤怒", "Not angry"),
            "1": Name("愤怒", "Angry"),
        },
    }
)

OPEN_TARGETS = frozenset({"category"})
"""Targets whose labels an admin may extend; the others are fixed by the norms."""

SILENT = MappingProxyType(
    {
        "category": "other",
        "nature": "consult",
        "impact": "1",
        "urgency": "1",
        "sentiment": "neutral",
        "anger": "0",
    }
)
"""What a message without a single letter, digit, Chinese character or emoji is taken for."""


def label_name(target: str, key: str, language: str = "zh") -> str:
    """Name of `key` in `zh` or `en`; the key itself when the table does not know it."""
    name = LABELS.get(target, {}).get(key)
    if name is None:
        return key
    return name.en if language == "en" else name.zh
