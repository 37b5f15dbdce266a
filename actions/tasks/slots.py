"""The things customers tell, and how each is recognised and checked."""

from __future__ import annotations

import re
from datetime import date, timedelta

from actions.tasks.model import Choice, Slot

_FARTHEST = timedelta(days=60)
_DETAIL = re.compile(r"\d|号|[楼栋幢室]|小区|大厦|公寓|村|学校|大学|医院|广场")
_MOBILE = re.compile(r"1[3-9]\d{9}")


def _choice(value: str, title: str, words: str) -> Choice:
    return Choice(value, title, re.compile(words))


def _ahead(value: str, today: str) -> str | None:
    day, now = date.fromisoformat(value), date.fromisoformat(today)
    if day < now:
        return "past"
    return "far" if day > now + _FARTHEST else None


def _complete(value: str, _: str) -> str | None:
    return None if _DETAIL.search(value) and len(value) >= 6 else "coarse"


def _mobile(value: str, _: str) -> str | None:
    return None if _MOBILE.fullmatch(value) else "unreadable"


_ALL = (
    Slot(
        "order_number",
        "订单号",
        re.compile("订单号?|单号|哪一?单"),
        entities=("order_number",),
        loads=True,
        keeps=True,
        memory=None,
        hints=("unreadable", "not_found", "missing"),
    ),
    Slot(
        "phone_tail",
        "手机号后四位",
        re.compile("尾号|后四位"),
        entities=("phone_tail",),
        pattern=re.compile(r"\D{0,10}(?:\d{7})?(\d{4})\D{0,6}"),
        hints=("unreadable", "wrong"),
    ),
    Slot(
        "phone",
        "手机号",
        re.compile("电话|手机号?|号码|联系方式"),
        entities=("phone",),
        check=_mobile,
        keeps=True,
        memory=None,
    ),
    Slot(
        "contact",
        "联系方式",
        re.compile("电话|手机|微信|邮箱|联系方式"),
        entities=("phone", "email", "wechat"),
        pattern=re.compile(r"\s*([A-Za-z][-_A-Za-z0-9]{5,19})\s*"),
        keeps=True,
        memory=None,
        hints=(),
    ),
    Slot(
        "address",
        "地址",
        re.compile("地址|住址|地方|门牌"),
        entities=("address",),
        check=_complete,
        least=6,
        keeps=False,
        memory=None,
        hints=("unreadable", "coarse"),
    ),
    Slot("recipient_name", "收件人", re.compile("收件人|收货人|姓名|名字"), entities=("person",)),
    Slot(
        "issue",
        "问题描述",
        re.compile("描述|情况|内容"),
        least=4,
        most=2_000,
        hints=("too_short",),
    ),
    Slot(
        "reason",
        "原因",
        re.compile("原因|理由"),
        choices=(
            _choice(
                "质量问题",
                "质量问题",
                "质量|坏|破|裂|碎|故障|不好用|开不了|瑕疵|有问题|不工作|失灵|漏",
            ),
            _choice(
                "尺码或规格不合适",
                "尺码不合适",
                "尺码|尺寸|大小|码数|偏[大小]|太[大小]|[大小]了|不合[适身脚]",
            ),
            _choice("与描述不符", "与描述不符", "不符|不一样|色差|描述|假货|图片|货不对板"),
            _choice("少发或发错", "发错或少发", "发错|少发|漏发|寄错|错发|少了"),
            _choice(
                "不想要了",
                "不想要了",
                "不想要|不喜欢|买多|拍错|买错|不需要|用不[上着]|七天|无理由|后悔",
            ),
        ),
        least=2,
    ),
    Slot("wanted_spec", "想换成", re.compile("规格|颜色|尺码|款"), least=1),
    Slot(
        "after_sale_kind",
        "方式",
        re.compile("方式|仅退款|退货"),
        choices=(
            _choice("refund", "仅退款", "仅退款|只退款|不退货|光退款|只要退钱|没收到货"),
            _choice("return", "退货退款", "退货"),
        ),
    ),
    Slot(
        "invoice_kind",
        "发票类型",
        re.compile("类型|个人|单位|公司|企业"),
        choices=(
            _choice("company", "单位", "公司|单位|企业|对公|专票|增值税|税号|有限|对公"),
            _choice("personal", "个人", "个人|私人|自己"),
        ),
        hints=("unreadable",),
    ),
    Slot(
        "invoice_title",
        "抬头",
        re.compile("抬头|名称|公司名"),
        pattern=re.compile(
            r"(?:.*(?:抬头|名称|公司名)(?:改成|改为|换成|是|为|写|开|叫|[:：])*\s*)?([^，。,\s]{2,40})[。.]?"
        ),
        least=2,
        depends=("invoice_kind",),
        passing=re.compile(
            r"抬头(?:改成|改为|换成|应该是|是|为|写|开|叫|[:：])*\s*"
            r"([^，。,;；\s]{2,40}?(?:公司|厂|店|院|学校|大学|中学|小学|研究所|局|中心|集团|工作室|合作社|银行))"
        ),
    ),
    Slot(
        "tax_number",
        "税号",
        re.compile("税号|识别号|信用代码"),
        entities=("tax_number",),
        pattern=re.compile(r"\D{0,6}?([0-9A-Z]{15}|[0-9A-Z]{17,20})"),
    ),
    Slot(
        "email",
        "邮箱",
        re.compile("邮箱|邮件|email", re.IGNORECASE),
        entities=("email",),
        keeps=True,
        memory=None,
    ),
    Slot(
        "service",
        "服务",
        re.compile("服务|项目"),
        choices=(
            _choice("install", "安装", "安装|装[一上下个]?|调试"),
            _choice("repair", "维修", "维修|修|坏"),
            _choice("clean", "清洗保洁", "清洗|保洁|清洁|洗"),
            _choice("move", "移机搬运", "移机|搬"),
            _choice("measure", "测量", "测量|量[尺一]|量房"),
        ),
    ),
    Slot(
        "product",
        "商品",
        re.compile("商品|产品|东西|型号"),
        entities=("product",),
        memory=4,
        least=2,
    ),
    Slot(
        "date",
        "日期",
        re.compile("日期|日子|哪天|时间"),
        entities=("date",),
        check=_ahead,
        memory=3,
        hints=(),
    ),
    Slot("day_part", "时段", re.compile("时段"), entities=("day_part",), memory=3, hints=()),
    Slot("time", "时间", re.compile("几点|时间"), entities=("time",), memory=3),
    Slot(
        "slot_id",
        "上门时间",
        re.compile("上门时间|时间|日期|时段|哪天"),
        loads=True,
        depends=("service", "address", "date", "day_part", "time", "appointment_number"),
        hints=("unreadable", "taken", "other_times", "past", "far"),
    ),
    Slot(
        "appointment_number",
        "预约",
        re.compile("预约|哪一?个"),
        loads=True,
        hints=("unreadable",),
    ),
    Slot(
        "security_wish",
        "处理方式",
        re.compile("方式|操作"),
        choices=(
            _choice("lock", "冻结账号", "冻结|锁|封|停用|挂失"),
            _choice("sign_out_everywhere", "退出所有设备", "退出|下线|登出|踢|设备"),
        ),
    ),
    Slot(
        "privacy_wish",
        "申请事项",
        re.compile("事项|申请"),
        choices=(
            _choice("erase", "删除个人信息", "删|清除|注销|抹"),
            _choice("correct", "更正个人信息", "更正|改|修正|不对|错"),
            _choice("copy", "获取副本", "副本|查|导出|拷贝|复制|下载|给我一份|看"),
        ),
    ),
    Slot("note", "说明", re.compile("说明|备注"), least=2, most=2_000),
    Slot("topic", "事由", re.compile("事由|什么事|内容"), least=2, most=2_000),
    Slot(
        "ticket_number", "单号", re.compile("单号|工单"), entities=("ticket_number",), memory=None
    ),
)

SLOTS = {slot.name: slot for slot in _ALL}
"""Every slot by its name, which is also that of Rasa's slot."""
