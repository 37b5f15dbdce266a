"""Calls to the simulator's servers as a desk makes them, by hand."""

from __future__ import annotations

import json
from typing import Any

import httpx

from simulator.wechat.app import KF, OFFICIAL, create_app
from simulator.wechat.simulator import Simulator
from simulator.wechat.world import Account, Kind


class DeskCalls:
    """The two servers for one account; a token is fetched once."""

    def __init__(self, simulator: Simulator, account: Account) -> None:
        transport = httpx.ASGITransport(create_app(simulator))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://simulator.test")
        self.account = account
        self.root = OFFICIAL if account.kind is Kind.official else KF
        self.token = ""

    async def fetch_token(self, *, force: bool = False) -> dict[str, Any]:
        """A token; kept for later calls when there is one."""
        account = self.account
        if account.kind is Kind.official:
            body = {
                "grant_type": "client_credential",
                "appid": account.app_id,
                "secret": account.secret,
                "force_refresh": force,
            }
            answer = await self.http.post(f"{self.root}/cgi-bin/stable_token", json=body)
        else:
            query = {"corpid": account.app_id, "corpsecret": account.secret}
            answer = await self.http.get(f"{self.root}/cgi-bin/gettoken", params=query)
        given: dict[str, Any] = answer.json()
        self.token = given.get("access_token", self.token)
        return given

    async def call(self, path: str, body: object | bytes) -> dict[str, Any]:
        """POST a body as raw UTF-8 JSON; the answer, which comes with HTTP 200 always."""
        if not self.token:
            await self.fetch_token()
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        answer = await self.http.post(
            f"{self.root}/cgi-bin/{path}", params={"access_token": self.token}, content=content
        )
        assert answer.status_code == 200
        given: dict[str, Any] = answer.json()
        return given

    async def code(self, path: str, body: object | bytes) -> int:
        """The errcode of a call."""
        return int((await self.call(path, body))["errcode"])

    async def send(self, to: str, text: str = "好的", **more: Any) -> int:
        """The errcode of a text to a customer."""
        body = {"touser": to, "msgtype": "text", "text": {"content": text}, **more}
        if self.account.kind is Kind.kf:
            return await self.code("kf/send_msg", {"open_kfid": self.account.open_kfid, **body})
        return await self.code("message/custom/send", body)
