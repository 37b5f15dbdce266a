from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from cli.credentials import Secrets, load, load_or_create
from cli.errors import Refused


def test_secrets_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = load_or_create(path)
    assert load_or_create(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_secret_is_another_and_long() -> None:
    values = list(dataclasses.asdict(Secrets()).values())
    assert len(set(values)) == len(values)
    assert all(len(value) >= 40 and value.isalnum() for value in values)


def test_what_an_older_version_did_not_know_is_added(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({"service_token": "kept", "of_another_version": "kept too"}))
    secrets = load_or_create(path)
    assert secrets.service_token == "kept"
    assert load(path) == {"of_another_version": "kept too"} | dataclasses.asdict(secrets)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"service_token": 1}', "\udcff"])
def test_secrets_that_cannot_be_read_are_not_overwritten(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    before = path.read_bytes()
    with pytest.raises(Refused):
        load_or_create(path)
    assert path.read_bytes() == before
