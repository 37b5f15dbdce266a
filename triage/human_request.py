"""Does the customer ask for a person? A small rule that also works while the bot is down.

The bot knows many more wordings (intent `ask_human`); this rule only has to be sure.
"""

from __future__ import annotations

import re

_PERSON = r"(人工|真人|活人)"
_DESK = r"(人工|真人|活人|客服)"
_ASK = r"(转|找|要|叫|换|接|联系|呼叫|来个|给我|需要|跟|和)"
_BARE = re.compile(
    rf"^((在线)?{_PERSON}|在线客服)(客服|服务|坐席|在线)*(在吗|在不在|呢|吧|有吗|有没有)?$"
)
_WISH = re.compile(rf"{_ASK}.{{0,4}}?{_PERSON}|(转|找|要|叫|换|接|联系|呼叫|来个){_DESK}")
_PINYIN = re.compile(
    r"\b(zhuan\s?ren\s?gong|ren\s?gong\s?ke\s?fu|(a|to) (human|person)|human (agent|please))\b"
    r"|^human$"
)
_AGENT = re.compile(
    r"\b(talk to|speak to|need|want|get|call) (me )?(an? |the )?(human |live )?agent\b"
)
_AGENT_ALONE = re.compile(r"^(human |live )?agent( please)?$")
_LOOKALIKE = re.compile(
    r"人工(草|费|成本|智能|湖|皮|合成|降雨|关节|授粉|耳蜗|安装|清洗|甜味|色素|翻译|驾驶|审核|养殖|钻)"
    r"|真人(实拍|上身|试穿|模特|图|秀|照|cos|穿)|人工赔"
    r"|(不要|不用|不想|无需|不需要|你不是|别(给|帮|再|转|叫|找)).{0,4}人工|多少.{0,2}人工"
)
_CHANGED_MIND = re.compile(r"(不要|别).{0,6}机器人")
_DECLINED = re.compile(
    r"(不用|不要|不必|不需要|没必要|用不着|无需|甭|别|先不|不想)(再|先|给我|帮我|麻烦|转|找|叫|接|去){0,3}"
    r"(人工|真人|客服|人(?![工家品]))"
)
_DONE = re.compile(
    r"(跟|和|找|问|联系|转)(过)?了?(你们)?的?(人工|真人|客服).{0,2}(聊|说|问|谈|沟通|联系|反映|确认)?过"
)
_ARE_YOU = re.compile(
    r"(你|您|是不是|是否|到底是|真的是).{0,2}(真人|人工|活人|机器人?)(还是|吗|么|呀|啊|吧|嘛|$)"
)
_STILL_WANTED = re.compile(
    rf"(还是|再|直接|快|赶紧|给我|帮我|要|让|请)(给我|帮我)?[转接找叫换要请让]?(你们)?({_PERSON}|经理|主管|领导)"
    r"|[跟和找叫换来](个|位)?[真活]?人[说讲聊谈来接]"
)
_FILLER = re.compile(
    r"麻烦|请问|帮我|给我|帮忙|直接|马上|赶紧|赶快|尽快|立刻|你好|您好|谢谢|多谢|好的|可以|算了|还是"
    r"|废话|啰嗦|没用|不行|不对|听不懂|没解决|没帮助|一下|在线|客服|服务|坐席|机器人|人工|真人|活人|有没有|能不能"
    r"|可不可以|说话|聊聊?|联系|呼叫|需要|不要|别|有|人|在|不|转|接|换|叫|来|个|让|请|帮|给|快|点|急|您"
    r"|我|你们?|要|想|能|找|跟|和|吧|啊|呀|呢|吗|嘛|哦|亲|了|的|说"
)
"""What may stand around a bare wish without saying what the matter is."""
_LEAST_MATTER = 2
_NOT_CHINESE = re.compile(r"[^\u4e00-\u9fff]")
_TRADITIONAL = str.maketrans("轉聯絡繫換與", "转联络系换与")
_NOISE = re.compile(r"[\s\W_]+")
_LONGEST_WISH = 30


def declines_person(text: str) -> bool:
    """True when a person is named but not wanted: declined, spoken to before, or asked about.

    「不用转人工」「刚才跟人工聊过了」「你是真人吗」, and no wish after all.
    """
    squeezed = _NOISE.sub("", text.lower().translate(_TRADITIONAL))
    named = _DECLINED.search(squeezed) or _DONE.search(squeezed) or _ARE_YOU.search(squeezed)
    if not named:
        return False
    rest = squeezed[: named.start()] + squeezed[named.end() :]
    return not (asks_for_person(rest) or _STILL_WANTED.search(rest))


def asks_for_person(text: str) -> bool:
    """True when `text` is a plain wish for a human agent.

    Long messages are left to the classifier: in a story of several sentences the word 人工
    may be about something else.
    """
    folded = text.lower().strip().translate(_TRADITIONAL)
    if not folded or len(folded) > _LONGEST_WISH:
        return False
    english = _PINYIN.search(folded) or _AGENT.search(folded) or _AGENT_ALONE.match(folded)
    if english:
        return True
    squeezed = _NOISE.sub("", _CHANGED_MIND.sub("", folded))
    if not squeezed or _LOOKALIKE.search(squeezed):
        return False
    return bool(_BARE.match(squeezed) or _WISH.search(squeezed))


def asks_for_nothing_else(text: str) -> bool:
    """True when `text` asks for a person and says nothing of the matter itself.

    「快递丢了三天没人管，转人工」 asks and tells: whoever takes over has to read it.
    """
    if not asks_for_person(text):
        return False
    squeezed = _NOISE.sub("", text.lower().translate(_TRADITIONAL))
    return len(_NOT_CHINESE.sub("", _FILLER.sub("", squeezed))) < _LEAST_MATTER
