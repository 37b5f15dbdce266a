"""The simulated world as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from simulator.wechat.core import Record
from simulator.wechat.faults import Setting
from simulator.wechat.simulator import Simulator
from simulator.wechat.world import Account, Bubble, Phone

_RECORDS = 100


def whole(simulator: Simulator, account_key: str, phone_id: str) -> Mapping[str, object]:
    """Everything the page needs for the chosen account and customer."""
    world = simulator.world
    account = world.accounts.get(account_key)
    phone = account.phones.get(phone_id) if account else None
    faults: dict[str, Setting] = {
        str(name): setting
        for name, setting in (*world.faults.api.items(), *world.faults.push.items())
    }
    return {
        "changes": world.changes,
        "now": world.now().isoformat(),
        "ahead_seconds": int(world.clock.ahead.total_seconds()),
        "desk": simulator.desk,
        "accounts": [_account(each, world.now()) for each in world.accounts.values()],
        "phone": _phone(phone, world.now()) if phone else None,
        "faults": {
            name: {"times": setting.times, "share": setting.share}
            for name, setting in faults.items()
        },
        "records": [_record(each) for each in list(world.records)[-_RECORDS:]],
    }


def _account(account: Account, now: datetime) -> Mapping[str, object]:
    token = account.tokens.current
    left = int((token.until - now).total_seconds()) if token and not token.gone else 0
    return {
        "key": account.key,
        "kind": account.kind,
        "name": account.name,
        "mode": account.mode,
        "callback": account.callback,
        "menu": list(account.menu),
        "templates": sorted(account.templates),
        "token": {
            "given": account.tokens.count,
            "left": max(0, left),
            "seconds": account.tokens.seconds,
        },
        "customers": [{"id": each.id, "name": each.name} for each in account.phones.values()],
    }


def _phone(phone: Phone, now: datetime) -> Mapping[str, object]:
    return {
        "id": phone.id,
        "name": phone.name,
        "follows": phone.follows,
        "state": phone.state,
        "typing_seconds": _left(phone.typing_until, now),
        "grants": dict(phone.grants),
        "verdict": phone.ledger.verdict(now),
        "windows": [
            {
                "trigger": window.trigger,
                "left": window.left,
                "allowed": window.allowed,
                "seconds": int((window.until - now).total_seconds()),
            }
            for window in phone.ledger.windows(now)
        ],
        "bubbles": [_bubble(each) for each in phone.bubbles],
    }


def _left(until: datetime | None, now: datetime) -> int:
    return max(0, int((until - now).total_seconds())) if until else 0


def _bubble(bubble: Bubble) -> Mapping[str, object]:
    return {
        "number": bubble.number,
        "at": bubble.at.isoformat(),
        "side": bubble.side,
        "kind": bubble.kind,
        "text": bubble.text,
        "tail": bubble.tail,
        "items": [{"id": each.id, "text": each.text, "url": each.url} for each in bubble.items],
        "media": f"/media/{bubble.media_id}" if bubble.media_id else "",
        "way": bubble.way,
    }


def _record(record: Record) -> Mapping[str, object]:
    return {
        "number": record.number,
        "at": record.at.isoformat(),
        "way": record.way,
        "what": record.what,
        "account": record.account,
        "sent": record.sent,
        "result": record.result,
        "note": record.note,
        "ms": round(record.seconds * 1000),
    }
