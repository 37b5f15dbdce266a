"""Priority P1…P4 from impact × urgency, then policy (norms §1, after C §2.4/§3.1)."""

from __future__ import annotations

from dataclasses import dataclass

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
