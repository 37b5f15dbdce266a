"""A look at an account's connection that says exactly what is wrong, and where it is put right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from redis.asyncio import Redis

from api.channels.interface import AccountKeys, NotDelivered, Unconfirmed
from api.channels.wechat import crypto, refusals
from api.channels.wechat.client import WechatCalls
from api.channels.wechat.kf_states import STATE
from api.channels.wechat.official import TYPING
from api.channels.wechat.refusals import Refusal
from api.channels.wechat.schemas import AccountCheck, CheckStep
from api.i18n import say
from api.ids import SHOP_TIME

_NOBODY = "connection-check"
"""A customer that no account has: asked about, the platform tells whether we may ask."""
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_ADDRESS = re.compile(r"(?:invalid ip|from ip:?)\s+([0-9A-Fa-f.:]*[0-9A-Fa-f])")
_CALLED_WITHIN = timedelta(minutes=1)
"""`called_at` is kept to the minute."""
_UNKNOWN_ID = frozenset({40013, 41002})
_ALLOW_LIST = frozenset({40164, 60020})
_BAD_SECRET = frozenset({40001, 40125, 41004, 42001})
_FROZEN = frozenset({40243, 50004, 50007})
_BAD_KF_ID = frozenset({95000, 95004})
_REASONS = {
    "signature": "callback_signature",
    "cipher": "callback_key",
    "padding": "callback_key",
    "length": "callback_key",
    "app_id": "callback_app_id",
    "replay": "callback_replay",
}
Key = Literal["token", "aes_key", "app_id", "allow_list", "secret", "permission", "open_kfid"]


@dataclass(frozen=True, slots=True)
class Checker:
    """Looks at accounts, in the language of who asks."""

    calls: WechatCalls
    redis: Redis
    language: str

    async def check(
        self, account: AccountKeys, called_at: datetime | None, callback_url: str
    ) -> AccountCheck:
        """All steps, in the order in which they are put right."""
        steps = [self._token(account), self._aes_key(account)]
        steps += await self._credentials(account)
        if all(step.state == "ok" for step in steps[2:]):
            steps.append(await self._permission(account))
        else:
            steps.append(self._step("permission", "unknown", "blocked"))
        steps.append(await self.callback(account, called_at, callback_url))
        return AccountCheck(ok=all(step.state != "wrong" for step in steps), steps=steps)

    async def callback(
        self, account: AccountKeys, called_at: datetime | None, callback_url: str
    ) -> CheckStep:
        """Whether WeChat's calls come and are genuine; asks nobody outside."""
        refusal = await refusals.last(self.redis, account.id)
        return self._callback(account, called_at, refusal, callback_url)

    def _token(self, account: AccountKeys) -> CheckStep:
        fits = _TOKEN.fullmatch(account.token) is not None
        return self._step("token", "ok" if fits else "wrong", f"token_{_ok(fits)}")

    def _aes_key(self, account: AccountKeys) -> CheckStep:
        if account.mode == "plain":
            return self._step("aes_key", "ok", "aes_key_unused")
        try:
            crypto.key_of(account.aes_key)
        except ValueError:
            return self._step("aes_key", "wrong", "aes_key_wrong")
        return self._step("aes_key", "ok", "aes_key_ok")

    async def _credentials(self, account: AccountKeys) -> list[CheckStep]:
        """App id, allow-list and secret are all told by the one call that gives a token."""
        await self.calls.tokens.forget(account.id)
        try:
            await self.calls.tokens.get(account)
        except NotDelivered as error:
            return self._refused(account, error)
        except Unconfirmed:
            return self._refused(account, NotDelivered("away"))
        return [
            self._step("app_id", "ok", "app_id_ok", id_name=self._id_name(account)),
            self._step("allow_list", "ok", "allow_list_ok"),
            self._step("secret", "ok", "secret_ok"),
        ]

    def _refused(self, account: AccountKeys, error: NotDelivered) -> list[CheckStep]:
        code, name = error.code, self._id_name(account)
        blocked = [
            self._step("app_id", "unknown", "blocked"),
            self._step("allow_list", "unknown", "blocked"),
            self._step("secret", "unknown", "blocked"),
        ]
        if code in _UNKNOWN_ID:
            wrong = self._step("app_id", "wrong", "app_id_wrong", code, id_name=name)
            return [wrong, *blocked[1:]]
        if code in _ALLOW_LIST:
            known = self._step("app_id", "ok", "app_id_ok", id_name=name)
            return [known, self._not_listed(error), blocked[2]]
        if code in _BAD_SECRET | _FROZEN:
            known = self._step("app_id", "ok", "app_id_ok", id_name=name)
            kind = "secret_frozen" if code in _FROZEN else "secret_wrong"
            return [known, blocked[1], self._step("secret", "wrong", kind, code)]
        if code is None:
            return [*blocked[:2], self._step("secret", "wrong", "away")]
        kind = "busy" if error.problem == "busy" else "secret_unknown"
        return [*blocked[:2], self._step("secret", "unknown", kind, code)]

    def _not_listed(self, error: NotDelivered) -> CheckStep:
        """WeChat names the address it sees, which a desk behind a gateway does not know."""
        found = _ADDRESS.search(error.message)
        address = found[1] if found else None
        shown = address or say("check.address_unknown", self.language)
        step = self._step("allow_list", "wrong", "allow_list_wrong", error.code, address=shown)
        return step.model_copy(update={"address": address})

    async def _permission(self, account: AccountKeys) -> CheckStep:
        """Whether messages may be sent, asked with something that changes nothing."""
        try:
            if account.kind == "kf":
                asked = {"open_kfid": account.open_kfid, "external_userid": _NOBODY}
                await self.calls.post(account, STATE, asked)
            else:
                asked = {"touser": _NOBODY, "command": "CancelTyping"}
                await self.calls.post(account, TYPING, asked)
        except Unconfirmed:
            return self._step("permission", "unknown", "away")
        except NotDelivered as error:
            return self._may_not(error)
        return self._step("permission", "ok", "permission_ok")

    def _may_not(self, error: NotDelivered) -> CheckStep:
        code = error.code
        if code in _ALLOW_LIST:
            return self._not_listed(error)
        if code in _BAD_KF_ID:
            return self._step("open_kfid", "wrong", "open_kfid_wrong", code)
        if error.problem == "not_allowed":
            return self._step("permission", "wrong", "permission_wrong", code)
        if code is None:
            return self._step("permission", "unknown", "away")
        if error.problem in ("busy", "token"):
            return self._step("permission", "unknown", "permission_unknown", code)
        return self._step("permission", "ok", "permission_ok")

    def _callback(
        self,
        account: AccountKeys,
        called_at: datetime | None,
        refusal: Refusal | None,
        url: str,
    ) -> CheckStep:
        if refusal and (called_at is None or refusal.moment > called_at + _CALLED_WITHIN):
            kind = _REASONS.get(refusal.reason, "callback_body")
            values = {"at": _shown(refusal.moment), "id_name": self._id_name(account)}
            text = say(f"check.{kind}", self.language, **values)
            return CheckStep(key="callback", state="wrong", text=text)
        if called_at is None:
            text = say("check.callback_never", self.language, url=url)
            return CheckStep(key="callback", state="unknown", text=text)
        text = say("check.callback_ok", self.language, at=_shown(called_at))
        return CheckStep(key="callback", state="ok", text=text)

    def _id_name(self, account: AccountKeys) -> str:
        return say(f"check.id_{account.kind}", self.language)

    def _step(
        self,
        key: Key,
        state: Literal["ok", "wrong", "unknown"],
        text: str,
        code: int | None = None,
        **values: str,
    ) -> CheckStep:
        said = say(f"check.{text}", self.language, code=code, **values)
        return CheckStep(key=key, state=state, text=said, errcode=code)


def _ok(fits: bool) -> str:
    return "ok" if fits else "wrong"


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(SHOP_TIME):%Y-%m-%d %H:%M}"
