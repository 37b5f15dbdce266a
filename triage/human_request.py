"""Does the customer ask for a person? A small rule that also works while the bot is down.

The bot knows many more wordings (intent `ask_human`); this rule only has to be sure.
"""

from __future__ import annotations

import re

_PERSON = r"(人工|真人|活人|人来|人客服|客服人员|在线客服|客服专员)"
_ASK = r"(转|找|要|叫|换|接|联系|呼叫|来个|给我|帮我接|需要|请|跟|和)"
_BARE = re.compile(rf"^{_PERSON}(服务|客服|坐席|接听|在线)*(在吗|在不在|呢|吧|有吗)?$")
_WISH = re.compile(rf"{_ASK}.{{0,6}}?{_PERSON}")
_PINYIN = re.compile(r"\b(zhuan\s?ren\s?gong|ren\s?gong(\s?ke\s?fu)?|human|agent|real person)\b")
_LOOKALIKE = re.compile(
    r"人工(草|费|成本|智能|湖|皮|合成|降雨|关节|授粉|耳蜗|安装|清洗|甜味|色素|翻译|驾驶|审核|养殖|钻)"
    r"|(不要|不用|别|不想|无需|不需要|不是).{0,4}人工|多少.{0,2}人工"
)
_NOISE = re.compile(r"[\s\W_]+")
_LONGEST_WISH = 30


def asks_for_person(text: str) -> bool:
    """True when `text` is a plain wish for a human agent.

    Long messages are left to the classifier: in a story of several sentences the word 人工
    may be about something else.
    """
    folded = text.lower().strip()
    if len(folded) > _LONGEST_WISH or _LOOKALIKE.search(folded):
        return False
    squeezed = _NOISE.sub("", folded)
    return bool(_BARE.match(squeezed) or _WISH.search(squeezed) or _PINYIN.search(folded))
