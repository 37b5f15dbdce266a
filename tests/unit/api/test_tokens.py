"""Tokens: nobody can guess one, only their hash is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from api.auth.dependencies import bearer, same_origin
from api.auth.service import Role
from api.auth.tokens import digest, new_token, same


def connection(**headers: str) -> HTTPConnection:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "headers": raw})


def test_tokens_are_long_and_all_different() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) >= 43 for token in tokens)


@given(st.text(st.characters(codec=None)))
def test_any_text_has_a_digest_and_equals_only_itself(token: str) -> None:
    assert len(digest(token)) == 32
    assert digest(token) == digest(token)
    assert not same(token + "x", "the expected token")


def test_a_token_equals_itself() -> None:
    token = new_token()
    assert same(token, token)
    assert digest(token) != token.encode()


def test_a_bearer_token_is_read_whatever_the_case_of_its_scheme() -> None:
    assert bearer(connection(authorization="Bearer abc")) == "abc"
    assert bearer(connection(authorization="bearer  abc ")) == "abc"
    assert bearer(connection(authorization="Basic abc")) == ""
    assert bearer(connection(authorization="abc")) == ""
    assert bearer(connection()) == ""


def test_only_our_own_pages_and_the_allowed_ones_are_of_the_same_origin() -> None:
    assert same_origin(connection(host="desk.cn"))
    assert same_origin(connection(host="desk.cn", origin="https://desk.cn"))
    assert not same_origin(connection(host="desk.cn", origin="https://evil.cn"))
    assert not same_origin(connection(host="desk.cn", origin="https://desk.cn.evil.cn"))
    assert not same_origin(connection(host="desk.cn", origin="null"))
    assert same_origin(connection(host="desk.cn", origin="https://shop.cn"), ("https://shop.cn",))
    assert not same_origin(connection(host="desk.cn", origin="http://[broken"))


def test_a_role_covers_itself_and_those_below() -> None:
    covered = {(role, other) for role in Role for other in Role if role.covers(other)}
    agent, supervisor, admin = Role.AGENT, Role.SUPERVISOR, Role.ADMIN
    assert covered == {
        *((role, role) for role in Role),
        (supervisor, agent),
        (admin, agent),
        (admin, supervisor),
    }
