"""The shop's colours on the desk's own pages."""

from __future__ import annotations

import pytest

from api.tickets.looks import contrast, ink_on


@pytest.mark.parametrize("colour", ["#000000", "#1d6b57", "#777777", "#7cc5ae", "#ffffff"])
def test_text_is_readable_on_whatever_colour_a_shop_has(colour: str) -> None:
    assert contrast(ink_on(colour), colour) >= 4.4


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
