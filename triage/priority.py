"""Priority P1…P4 from impact × urgency, then policy (norms §1, after C §2.4/§3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

IMPACT_REASONS = {
    4: "涉及人身、财产安全或信息泄露",
    3: "客户已损失钱款、商品或权益",
    2: "服务未能正常提供",
    1: "仅咨询信息",
}
URGENCY_REASONS = {
    4: "正在发生或 2 小时内到期",
    3: "24 小时内到期、多次联系或已提出外部投诉",
    2: "需在数日内处理",
    1: "没有时间压力",
}


@dataclass(frozen=True, slots=True)
class Priority:
    """`key` is P1 (most urgent) … P4; `reasons` are short Chinese phrases for an agent."""

    key: str
    reasons: tuple[str, ...]


def matrix(impact: int, urgency: int) -> str:
    """Priority key for `impact` 1–4 and `urgency` 1–4 by the matrix of norms §1."""
    if not (1 <= impact <= 4 and 1 <= urgency <= 4):
        raise ValueError(f"impact and urgency are 1..4, not {impact}, {urgency}")
    if (impact == 4 and urgency >= 3) or (impact == 3 and urgency == 4):
        return "P1"
    if impact == 4 or (impact, urgency) in {(3, 3), (2, 4)}:
        return "P2"
    if impact == 3 or (impact == 2 and urgency >= 2):
        return "P3"
    return "P4"


@dataclass(frozen=True, slots=True)
class Settled:
    """The impact and urgency to go by, and how probable (0–1) their priority is."""

    impact: int
    urgency: int
    confidence: float


def settle(impact: Sequence[float], urgency: Sequence[float], p1_from: float) -> Settled:
    """Choose impact and urgency from the probabilities of the scales 1…4, each summing to 1.

    The priority comes first: P1 when it is at least `p1_from` probable (an emergency missed costs
    more than one too many), else the most probable of the others; then the most probable pair of
    scales that gives it. Two scales judged one by one would meet in a cell that neither means.
    """
    pairs = list(product(range(1, 5), range(1, 5)))
    chance = {pair: impact[pair[0] - 1] * urgency[pair[1] - 1] for pair in pairs}
    by_key: dict[str, float] = {}
    for pair in pairs:
        key = matrix(*pair)
        by_key[key] = by_key.get(key, 0.0) + chance[pair]
    first = by_key.pop("P1")
    key, confidence = max(by_key.items(), key=lambda item: item[1])
    if first >= p1_from or first >= confidence:
        key, confidence = "P1", first
    best = max((pair for pair in pairs if matrix(*pair) == key), key=lambda pair: chance[pair])
    return Settled(best[0], best[1], confidence)


def prioritise(
    impact: int,
    urgency: int,
    *,
    vip_complaint: bool = False,
    unanswered: int = 0,
    repeated_complaint: bool = False,
) -> Priority:
    """Matrix first, then raise by one level, never past P1, when a policy rule applies.

    `unanswered` counts customer messages since somebody last answered, this one included.
    """
    key = matrix(impact, urgency)
    reasons = [IMPACT_REASONS[impact], URGENCY_REASONS[urgency]]
    policy = [
        text
        for applies, text in (
            (vip_complaint, "VIP 客户投诉"),
            (unanswered >= 3, "连续三条消息未获回复"),
            (repeated_complaint, "7 天内重复投诉"),
        )
        if applies
    ]
    if policy and key != "P1":
        key = f"P{int(key[1]) - 1}"
    return Priority(key, tuple(reasons + policy))
