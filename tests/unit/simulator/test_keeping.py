from __future__ import annotations

from pathlib import Path

import pytest

from simulator.wechat import keeping
from simulator.wechat.core import World
from simulator.wechat.world import Kind, Mode


def test_a_simulator_started_again_has_the_same_accounts_and_customers(tmp_path: Path) -> None:
    world = World()
    shop = world.add(Kind.official, "shop", "云杉商城", Mode.compatible)
    kf = world.add(Kind.kf, "kf", "云杉客服")
    person = world.arrive(shop, "小李")
    path = tmp_path / "simulator" / "wechat.json"
    keeping.save(world, path)
    assert path.stat().st_mode & 0o777 == 0o600
    again = World()
    first, second = keeping.load(again, path)
    assert (first.secret, first.aes_key, first.mode) == (shop.secret, shop.aes_key, shop.mode)
    assert second.open_kfid == kf.open_kfid
    assert first.phones[person.id].name == "小李"


def test_a_cursor_of_an_earlier_run_begins_with_this_one(tmp_path: Path) -> None:
    world = World()
    account = world.add(Kind.kf, "kf", "云杉客服")
    world.log(account).add({"origin": 3}, world.now())
    _, cursor = world.log(account).page("", 10, world.now())
    again = World()
    again.log(account).add({"origin": 3, "msgtype": "text"}, again.now())
    found, _ = again.log(account).page(cursor, 10, again.now())
    assert [each["msgtype"] for each in found] == ["text"]


@pytest.mark.parametrize("content", ["nothing", '{"kind": "official"}', '[{"kind": "x"}]'])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "wechat.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises((ValueError, TypeError)):
        keeping.load(World(), path)
