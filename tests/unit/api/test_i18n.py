"""Every text exists in both languages, with the same placeholders."""

from __future__ import annotations

import string

import pytest

from api.errors import DeskError, answers
from api.i18n import LANGUAGES, choose, say, texts


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def codes() -> set[str]:
    """Every code an answer can carry."""
    every: list[type[DeskError]] = [DeskError, *subclasses(DeskError)]
    named = {error.code for error in every}
    return named | set(answers._BY_STATUS.values()) | {"internal"}


def subclasses(of: type[DeskError]) -> list[type[DeskError]]:
    return [each for child in of.__subclasses__() for each in (child, *subclasses(child))]


def test_both_languages_have_the_same_keys() -> None:
    assert texts("zh").keys() == texts("en").keys()


@pytest.mark.parametrize("key", sorted(texts("zh")))
def test_a_text_has_the_same_placeholders_in_both_languages(key: str) -> None:
    chinese, english = (texts(language)[key] for language in ("zh", "en"))
    assert placeholders(chinese) == placeholders(english)
    assert chinese.strip()
    assert english.strip()


@pytest.mark.parametrize("key", sorted(texts("en")))
def test_the_english_texts_are_english(key: str) -> None:
    allowed = {"转人工"} if key == "notice.returned" else set()
    text = texts("en")[key]
    for word in allowed:
        text = text.replace(word, "")
    assert not any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_a_text(language: str) -> None:
    missing = {code for code in codes() if f"error.{code}" not in texts(language)}
    assert not missing


def test_no_error_text_is_left_over() -> None:
    assert {key.split(".")[1] for key in texts("zh") if key.startswith("error.")} == codes()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr-FR,en;q=0.5", "en"),
        ("de", "zh"),
        ("*", "zh"),
        (";;;,,,\x00", "zh"),
    ],
)
def test_the_first_language_of_ours_is_chosen(header: str | None, language: str) -> None:
    assert choose(header) == language


def test_values_are_filled_in_and_not_read_as_a_format() -> None:
    assert "{0}" in say("notice.taken", name="{0}")


def test_a_missing_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no.such.key")
