"""Chinese words: jieba with the desk's own lexicon, and no state shared between instances."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import warnings
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba 0.42 has invalid escapes and uses pkg_resources
    import jieba

logging.getLogger("jieba").setLevel(logging.CRITICAL)

_READABLE = re.compile(r"\w")


class LexiconError(ValueError):
    """A line of a lexicon file is not `word [freq] [tag]`."""


class Tokenizer:
    """Cuts text into words. `lines` are jieba user words: `word [freq] [tag]`."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._entries = [_parse(line) for line in lines if line.strip()]

    @classmethod
    def from_folder(cls, folder: Path) -> Tokenizer:
        """Read every `*.txt` under `folder` in order of name.

        Raises `LexiconError` naming file and line; a folder that is not there gives no words.
        """
        lines: list[str] = []
        for path in sorted(folder.glob("*.txt")):
            text = path.read_text(encoding="utf-8-sig")
            for number, line in enumerate(text.splitlines(), start=1):
                stripped = line.strip()
                if not stripped or stripped.startswith("#"):
                    continue
                try:
                    _parse(stripped)
                except LexiconError as error:
                    raise LexiconError(f"{path}:{number}: {error}") from None
                lines.append(stripped)
        return cls(lines)

    @property
    def lines(self) -> list[str]:
        """The user words in jieba's own format; `Tokenizer(lines)` gives the same tokenizer."""
        return [
            " ".join(str(part) for part in entry if part is not None) for entry in self._entries
        ]

    def cut(self, text: str) -> list[str]:
        """All pieces of `text` in order, punctuation and white space included.

        Joined together they are `text` again.
        """
        return list(self._jieba.cut(text, HMM=True))

    def words(self, text: str) -> list[str]:
        """The pieces of `text` that hold a letter, digit or Chinese character."""
        return [piece for piece in self.cut(text) if _READABLE.search(piece)]

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """`(piece, start, end)` of every piece, offsets in characters of `text`."""
        found, start = [], 0
        for piece in self.cut(text):
            found.append((piece, start, start + len(piece)))
            start += len(piece)
        return found

    def warm_up(self) -> None:
        """Load the dictionary now (about half a second the first time) instead of on first use."""
        self.cut("预热")

    @cached_property
    def _jieba(self) -> jieba.Tokenizer:
        common = common_dictionary()
        if not self._entries:
            return common
        cutter = jieba.Tokenizer()
        cutter.FREQ, cutter.total, cutter.initialized = dict(common.FREQ), common.total, True
        for word, freq, tag in self._entries:
            cutter.add_word(word, freq, tag)
        return cutter


@cache
def common_dictionary() -> jieba.Tokenizer:
    """Jieba with its own words alone, loaded once a process and never changed."""
    cutter = jieba.Tokenizer()
    cutter.tmp_dir = str(_cache_folder())
    cutter.initialize()
    return cutter


def _parse(line: str) -> tuple[str, int | None, str | None]:
    parts = line.split()
    if len(parts) > 3:
        raise LexiconError(f"expected `word [freq] [tag]`, got {line!r}")
    word, rest = parts[0], parts[1:]
    freq = None
    if rest and rest[0].isascii() and rest[0].isdigit():
        freq = max(int(rest.pop(0)), 1)
    if len(rest) > 1:
        raise LexiconError(f"frequency is not a number in {line!r}")
    return word.lower(), freq, rest[0] if rest else None


def _cache_folder() -> Path:
    """A folder of this user alone: jieba unmarshals what it finds there, so not plain /tmp.

    Where it cannot be made the dictionary is parsed anew in each process (about a second).
    """
    folder = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache"), "fenzhen")
    with contextlib.suppress(OSError, RuntimeError):
        folder = folder.expanduser()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
