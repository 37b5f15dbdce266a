"""The shop's name and colours on pages that the desk itself serves to customers."""

from __future__ import annotations

from dataclasses import dataclass

from api.i18n import say
from api.settings import Settings

_DARK_INK, _LIGHT_INK = "#0d211b", "#ffffff"


@dataclass(frozen=True, slots=True)
class Looks:
    """`name` is empty for a shop that has not said it; each colour comes with what is readable on
    it."""

    name: str
    accent: str
    on_accent: str
    accent_dark: str
    on_accent_dark: str


def looks_of(settings: Settings, language: str) -> Looks:
    """How the shop looks. Without a shop of its own the desk serves the demo shop."""
    demo = "" if settings.commerce_url else say("ticket_page.demo_shop", language)
    light, dark = settings.shop_accent, settings.shop_accent_dark
    return Looks(settings.shop_name or demo, light, ink_on(light), dark, ink_on(dark))


def ink_on(colour: str) -> str:
    """The colour of text that reads better on `colour` (`#rrggbb`): contrast by WCAG 2.2."""
    return max(_LIGHT_INK, _DARK_INK, key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1–21 (WCAG 2.2, relative luminance)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
