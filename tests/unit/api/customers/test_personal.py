"""Phone, e-mail, ID and card numbers: read, checked, masked and sealed."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.customers.personal import FIELDS, Field, masked, normalised
from api.customers.sealing import Sealer
from api.errors import CannotUnseal

KEY, OTHER = "k" * 32, "o" * 32
RIGHT: list[tuple[Field, str, str, str]] = [
    ("phone", "13800001111", "13800001111", "138****1111"),
    ("phone", " +86 138-0000-1111 ", "13800001111", "138****1111"),
    ("phone", "8619900006021", "19900006021", "199****6021"),
    ("phone", "１３８００００１１１１", "13800001111", "138****1111"),
    ("email", "Xiao.Yun@Example.COM", "Xiao.Yun@example.com", "X***@example.com"),
    ("id_number", "11010519491231002x", "11010519491231002X", "110***********002X"),
    ("id_number", "440308 199901010012", "440308199901010012", "440***********0012"),
    ("card_number", "6222 0212 3456 7890 128", "6222021234567890128", "****0128"),
    ("card_number", "4111-1111-1111-1111", "4111111111111111", "****1111"),
]
WRONG: list[tuple[Field, str]] = [
    ("phone", "12800001111"),
    ("phone", "1380000111"),
    ("phone", "138000011112"),
    ("phone", "010-12345678"),
    ("phone", ""),
    ("email", "a@b"),
    ("email", "a b@c.cn"),
    ("email", "@example.com"),
    ("email", "a@" + "b" * 260 + ".cn"),
    ("id_number", "110105194912310021"),
    ("id_number", "11010519491331002X"),
    ("id_number", "110105491231002"),
    ("card_number", "4111111111111112"),
    ("card_number", "411111111111"),
    ("card_number", "卡号四一一一"),
]


@pytest.mark.parametrize(("field", "text", "kept", "shown"), RIGHT)
def test_what_is_right_is_kept_in_one_form_and_shown_masked(
    field: Field, text: str, kept: str, shown: str
) -> None:
    assert normalised(field, text) == kept
    assert normalised(field, kept) == kept
    assert masked(field, kept) == shown


@pytest.mark.parametrize(("field", "text"), WRONG)
def test_what_is_no_such_thing_is_refused(field: Field, text: str) -> None:
    with pytest.raises(ValueError, match="no "):
        normalised(field, text)


@given(st.integers(min_value=10**12, max_value=10**18 - 1), st.integers(0, 8))
def test_one_wrong_digit_in_a_card_number_is_found(body: int, shift: int) -> None:
    digits = str(body)
    right = next(
        digits + str(check) for check in range(10) if _readable("card_number", digits + str(check))
    )
    place = body % len(digits)
    changed = str((int(right[place]) + 1 + shift) % 10)
    assert _readable("card_number", right[:place] + changed + right[place + 1 :]) == (
        changed == right[place]
    )


@given(st.text())
def test_any_text_is_either_read_or_refused(text: str) -> None:
    for field in FIELDS:
        if _readable(field, text):
            assert masked(field, normalised(field, text)) != normalised(field, text)


def test_what_is_sealed_opens_for_its_customer_alone() -> None:
    sealer, customer = Sealer(KEY), uuid4()
    sealed = sealer.seal(customer, {"phone": "13800001111"})
    assert sealed is not None
    assert b"13800001111" not in sealed
    assert sealer.open(customer, sealed) == {"phone": "13800001111"}
    with pytest.raises(CannotUnseal):
        sealer.open(uuid4(), sealed)
    with pytest.raises(CannotUnseal):
        Sealer(OTHER).open(customer, sealed)
    with pytest.raises(CannotUnseal):
        sealer.open(customer, sealed[:-2] + b"xx")


def test_nothing_to_seal_is_nothing() -> None:
    sealer = Sealer(KEY)
    assert sealer.seal(uuid4(), {}) is None
    assert sealer.open(uuid4(), None) == {}


def test_an_older_key_still_opens_and_the_first_one_seals() -> None:
    customer = uuid4()
    old = Sealer(OTHER).seal(customer, {"email": "a@b.cn"})
    both = Sealer(f"{KEY},{OTHER}")
    assert both.open(customer, old) == {"email": "a@b.cn"}
    assert Sealer(KEY).open(customer, both.seal(customer, {"email": "a@b.cn"}))


def _readable(field: Field, text: str) -> bool:
    try:
        normalised(field, text)
    except ValueError:
        return False
    return True


def test_what_is_sealed_for_one_kind_of_thing_does_not_open_for_another() -> None:
    sealer, subject = Sealer(KEY), uuid4()
    sealed = sealer.seal_for("channel_account", subject, [("secret", "s")])
    assert sealer.open_for("channel_account", subject, sealed) == {"secret": "s"}
    with pytest.raises(CannotUnseal):
        sealer.open_for("customer", subject, sealed)
    with pytest.raises(CannotUnseal):
        sealer.open_for("channel_account", uuid4(), sealed)
