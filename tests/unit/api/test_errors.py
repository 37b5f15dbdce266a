"""The table of errors: codes, statuses, and how they are declared."""

from __future__ import annotations

import re

import pytest

from api import errors
from api.errors import DeskError, declare, error_body

ALL = [
    error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, DeskError) and error is not DeskError
]


@pytest.mark.parametrize("error", ALL)
def test_an_error_has_a_stable_code_and_a_client_status(error: type[DeskError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", error.code)
    assert 400 <= error.status < 500 or error.status == 503
    assert error.__doc__


def test_no_two_errors_share_a_code() -> None:
    codes = [error.code for error in ALL]
    assert len(codes) == len(set(codes)) > 15


@pytest.mark.parametrize("error", ALL)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_error_can_be_said_in_both_languages(error: type[DeskError], language: str) -> None:
    body = error_body(error(field="x"), language)
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "message", "details"}
    assert body["error"]["code"] == error.code
    assert body["error"]["details"] == {"field": "x"}


def test_declared_errors_of_one_status_are_named_together() -> None:
    declared = declare(errors.NotOwner, errors.AlreadyTaken, errors.NotFound)
    assert declared.keys() == {409, 404}
    assert declared[409]["description"] == "not_owner · already_taken"
