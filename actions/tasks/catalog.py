"""All tasks of the bot. To add one: docs in `bot/README.md`, "Add a task"."""

from __future__ import annotations

from actions.tasks import acts
from actions.tasks.model import Task, Values, Want

_ORDER = Want("order_number", ask="which_order")
_TICKET = (
    Want("issue", ask="ticket_issue"),
    Want("order_number", skippable=True, ask="ticket_order_number"),
    Want("contact", skippable=True, ask="ticket_contact"),
)


def _is_company(values: Values) -> bool:
    return values.get("invoice_kind") == "company"


def _company(values: Values) -> str:
    return "_company" if _is_company(values) else ""


def _money_only(values: Values) -> str:
    return "_money" if values.get("after_sale_kind") == "refund" else ""


def _recipient(values: Values) -> str:
    told = ("recipient_name", "phone")
    return "_recipient" if all(values.get(name) for name in told) else ""


def _timed(values: Values) -> str:
    return "" if any(values.get(name) for name in ("date", "time", "day_part")) else "_soon"


_ALL = (
    Task(
        "track_order", "查物流", (_ORDER,), acts.track_order, "帮我查一下物流",
        proof=True, confirm=False, reads=True,
    ),
    Task(
        "urge_delivery", "催发货", (_ORDER,),
        acts.order_act("/order/urge", "utter_done_urge_delivery"),
        "帮我催一下发货", proof=True, refusals=("delivered", "cancelled", "unpaid"),
    ),
    Task(
        "change_address", "修改收货地址",
        (
            _ORDER,
            Want("address", ask="new_address"),
            Want("recipient_name", optional=True),
            Want("phone", optional=True),
        ),
        acts.change_address, "帮我改收货地址", proof=True,
        refusals=("already_shipped", "cancelled"),
        variants=("", "_recipient"), variant=_recipient,
    ),
    Task(
        "cancel_order", "取消订单", (_ORDER,), acts.cancel_order,
        "帮我取消订单", proof=True, refusals=("already_shipped", "already_cancelled", "completed"),
    ),
    Task(
        "request_return", "申请退货退款",
        (_ORDER, Want("after_sale_kind", optional=True), Want("reason")),
        acts.request_return, "我要申请退货", proof=True,
        refusals=("not_delivered", "window_over", "already_open", "not_returnable", "cancelled"),
        variants=("", "_money"), variant=_money_only,
    ),
    Task(
        "request_exchange", "申请换货", (_ORDER, Want("reason"), Want("wanted_spec")),
        acts.order_act(
            "/order/after-sale", "utter_done_request_exchange", "reason", "wanted_spec",
            kind="exchange",
        ),
        "我要申请换货", proof=True,
        refusals=("not_delivered", "window_over", "already_open", "not_returnable", "cancelled"),
    ),
    Task(
        "refund_status", "查退款进度", (_ORDER,), acts.refund_status, "帮我查退款进度",
        proof=True, confirm=False, reads=True,
    ),
    Task(
        "request_invoice", "开发票",
        (
            _ORDER,
            Want("invoice_kind"),
            Want("invoice_title", when=_is_company),
            Want("tax_number", when=_is_company),
            Want("email"),
        ),
        acts.request_invoice, "帮我开发票", proof=True,
        refusals=("already_issued", "unpaid", "cancelled", "tax_number_missing"),
        variants=("", "_company"), variant=_company,
    ),
    Task(
        "price_protection", "申请价保", (_ORDER,),
        acts.order_act("/order/price-protection", "utter_done_price_protection"),
        "帮我申请价保", proof=True,
        refusals=("no_difference", "window_over", "already_claimed", "unpaid", "cancelled"),
    ),
    Task(
        "book_appointment", "预约上门服务",
        (
            Want("service"),
            Want("address", ask="service_address"),
            Want("date", optional=True),
            Want("day_part", optional=True),
            Want("time", optional=True),
            Want("slot_id"),
            Want("phone", ask="visit_phone"),
            Want("note", optional=True),
        ),
        acts.book_appointment, "我要预约上门服务", refusals=("area_not_served",),
    ),
    Task(
        "change_appointment", "修改预约",
        (
            Want("appointment_number"),
            Want("date", optional=True),
            Want("day_part", optional=True),
            Want("time", optional=True),
            Want("slot_id"),
        ),
        acts.change_appointment, "我要修改预约时间", refusals=("too_late", "cancelled", "done"),
    ),
    Task(
        "cancel_appointment", "取消预约", (Want("appointment_number"),),
        acts.cancel_appointment, "帮我取消预约", refusals=("too_late", "cancelled", "done"),
    ),
    Task(
        "request_repair", "报修",
        (
            Want("product"),
            Want("issue", ask="repair_issue"),
            Want("order_number", skippable=True, ask="ticket_order_number"),
            Want("contact", ask="ticket_contact"),
        ),
        acts.ticket("repair", "utter_done_request_repair"), "我要报修",
    ),
    Task(
        "complain", "投诉",
        (Want("issue", ask="complaint_issue"), *_TICKET[1:]),
        acts.ticket("complaint", "utter_complaint_opened"), "我要投诉",
        confirm=False, opening="utter_regret",
    ),
    Task(
        "account_security", "保护账号", (Want("security_wish"),), acts.account_security,
        "我的账号不安全，帮我处理", proof=True,
    ),
    Task(
        "data_request", "个人信息申请", (Want("privacy_wish"), Want("note", optional=True)),
        acts.data_request, "我要申请查看或删除个人信息", proof=True,
    ),
    Task(
        "call_back", "预约回电",
        (
            Want("phone"),
            Want("topic"),
            Want("date", optional=True),
            Want("day_part", optional=True),
            Want("time", optional=True),
        ),
        acts.call_back, "请给我回个电话", variants=("", "_soon"), variant=_timed,
    ),
    Task(
        "ticket_status", "查工单进度", (Want("ticket_number", optional=True),), acts.ticket_status,
        "帮我查工单进度", confirm=False, reads=True,
    ),
    Task(
        "open_ticket", "登记问题", _TICKET, acts.ticket("request", "utter_ticket_opened"),
        "留言登记", confirm=False,
    ),
    Task(
        "give_feedback", "建议与表扬", (Want("issue", ask="feedback_issue"),),
        acts.ticket("feedback", "utter_done_give_feedback"), "我有个建议", confirm=False,
    ),
)  # fmt: skip

TASKS = {task.name: task for task in _ALL}
"""Every task by its name, which is also the intent that starts it."""

OWN_HINTS = {
    "ticket_order_number": ("noted", "unreadable"),
    "ticket_contact": ("noted", "unreadable", "wanted"),
}
"""Wordings of a question that have hints of their own instead of the slot's."""
