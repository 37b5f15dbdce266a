"""Simulated accounts on the desk, over its staff API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from cli import texts
from cli.errors import Refused
from simulator.wechat.world import Account

_ACCOUNTS = "/api/v1/channels/accounts"
_GREETING = "您好，这里是云杉商城。请直接说您的问题，随时可以说「转人工」。"


@dataclass(frozen=True)
class Admin:
    """Who may add accounts."""

    username: str
    password: str = field(repr=False)


async def install(desk: str, admin: Admin, accounts: Sequence[Account]) -> Sequence[Account]:
    """Add the accounts, or give those that are there the present secrets; Refused when it fails."""
    async with httpx.AsyncClient(base_url=desk, timeout=20, trust_env=False) as http:
        try:
            signed_in = await http.post(
                "/api/v1/auth/login",
                json={"username": admin.username, "password": admin.password},
            )
            _check(signed_in)
            http.headers["X-CSRF-Token"] = signed_in.json()["csrf_token"]
            there = await http.get(_ACCOUNTS)
            _check(there)
            known = {each["key"]: each for each in there.json()["items"]}
            for account in accounts:
                await _put(http, account, known.get(account.key))
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise Refused(texts.DESK_UNREACHABLE.fill(url=desk, reason=error)) from error
    return accounts


async def _put(http: httpx.AsyncClient, account: Account, known: dict[str, object] | None) -> None:
    body = {
        "display_name": account.name,
        "app_id": account.app_id,
        "open_kfid": account.open_kfid or None,
        "mode": account.mode,
        "secret": account.secret,
        "token": account.token,
        "aes_key": account.aes_key,
    }
    if known is None:
        switches = {"greeting": _GREETING}
        new = {**body, "key": account.key, "kind": account.kind, "switches": switches}
        _check(await http.post(_ACCOUNTS, json=new))
        return
    kept = {"switches": known["switches"], "enabled": True, "version": known["version"]}
    _check(await http.put(f"{_ACCOUNTS}/{account.key}", json={**body, **kept}))


def _check(answer: httpx.Response) -> None:
    if answer.is_error:
        raise Refused(texts.SIMULATOR_REFUSED.fill(status=answer.status_code, body=answer.text))
