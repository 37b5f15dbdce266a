"""What can be made to go wrong, each until it is switched off or for a number of times."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum


class ApiFault(StrEnum):
    """What a call to one of the servers can meet."""

    busy = "busy"
    daily_limit = "daily_limit"
    minute_limit = "minute_limit"
    address_not_allowed = "address_not_allowed"
    not_authorised = "not_authorised"
    token_invalid = "token_invalid"  # noqa: S105
    slow = "slow"
    """Done, but the answer comes late."""
    cut_after_accepting = "cut_after_accepting"
    """Done, but the connection is cut instead of an answer."""
    cut_before_accepting = "cut_before_accepting"
    """Not done, and the connection is cut."""
    fails_later = "fails_later"
    """微信客服: accepted, and a `msg_send_fail` comes afterwards."""
    empty_page = "empty_page"
    """微信客服: a page without messages that says there are more."""


ERRCODES = {
    ApiFault.busy: -1,
    ApiFault.daily_limit: 45009,
    ApiFault.minute_limit: 45011,
    ApiFault.address_not_allowed: 40164,
    ApiFault.not_authorised: 48001,
    ApiFault.token_invalid: 40001,
}


class PushFault(StrEnum):
    """What can be wrong with a callback."""

    duplicate = "duplicate"
    """The same request twice at the same moment."""
    impatient = "impatient"
    """The first attempt is given up at once and repeated, answered or not."""
    same_message_id = "same_message_id"
    """The MsgId that another customer's message had."""
    no_message_id = "no_message_id"
    """Without any MsgId."""
    no_recognition = "no_recognition"
    """A voice message whose Recognition is empty."""
    bad_signature = "bad_signature"
    wrong_app_id = "wrong_app_id"
    wrong_key = "wrong_key"
    wrong_padding = "wrong_padding"
    stale = "stale"
    """Signed a day ago."""
    doctype = "doctype"
    """With a DTD and an entity."""
    oversized = "oversized"
    """1 MB and some."""
    not_xml = "not_xml"


GENUINE = frozenset(
    {
        PushFault.duplicate,
        PushFault.impatient,
        PushFault.same_message_id,
        PushFault.no_message_id,
        PushFault.no_recognition,
    }
)
"""With these a callback is still WeChat's own."""


@dataclass
class Setting:
    """How a fault is switched on."""

    times: int | None = None
    """None: until it is switched off."""
    share: float = 1.0
    seconds: float = 8.0
    """How late a slow answer is."""
    fail_type: int = 4
    """Of a late failure: 4 after 48 h, 5 closed, 6 more than five, 10 refused by the customer."""
    where: str = ""
    """Only calls whose path has this in it."""


@dataclass
class Faults:
    """What is switched on. Tokens are not fetched under faults unless `where` names their path."""

    api: dict[ApiFault, Setting] = field(default_factory=dict)
    push: dict[PushFault, Setting] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(5))

    def hit(self, fault: ApiFault, path: str) -> Setting | None:
        """The setting, if this call meets the fault."""
        setting = self.api.get(fault)
        if setting is None or setting.where not in path:
            return None
        if not setting.where and path.endswith("token"):
            return None
        if not self._happens(setting):
            return None
        if setting.times == 0:
            del self.api[fault]
        return setting

    def pushed(self) -> frozenset[PushFault]:
        """The faults of this callback."""
        met = set()
        for fault, setting in list(self.push.items()):
            if self._happens(setting):
                met.add(fault)
                if setting.times == 0:
                    del self.push[fault]
        return frozenset(met)

    def clear(self) -> None:
        """All off."""
        self.api.clear()
        self.push.clear()

    def _happens(self, setting: Setting) -> bool:
        if self.chance.random() >= setting.share:
            return False
        if setting.times is not None:
            setting.times -= 1
        return True
