"""What counts as a contact of a ticket."""

from __future__ import annotations

import pytest

from api.errors import ContactUnreadable
from api.tickets.contacts import normalised


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" 138 0013 8000 ", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("0571-88880000", "0571-88880000"),
        ("(010) 8888 0000", "010-88880000"),
        ("057188880000转801", "0571-88880000-801"),
        ("0371 6666000", "0371-6666000"),
        ("400-820-8820", "400-820-8820"),
        ("Li.Lei@Example.COM", "Li.Lei@example.com"),
    ],
)
def test_mobile_landline_and_e_mail_are_kept_in_one_form(written: str, kept: str) -> None:
    assert normalised(written) == kept
    assert normalised(kept) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "王女士",
        "1380013800",
        "88880000",
        "13800138000 王女士",
        "a@b",
        "138****8000",
        "0571-1234",
    ],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(ContactUnreadable):
        normalised(written)
