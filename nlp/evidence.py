"""Which words of a text decided a label."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from nlp.features import HybridFeatures, Prepared
from nlp.normalise import simplify

_LITTLE_WORDS = """
的 了 是 我 你 您 他 她 它 我们 你们 他们 这 那 这个 那个 就 都 也 还 又 和 与 跟 或 在 有
吗 呢 吧 啊 呀 哦 嘛 把 被 给 对 从 到 上 下 里 中 个 一 一个 一下 什么 怎么 请 请问 会 要
能 可以 着 过 得 地 很 太 再 才 让 用 为 为了 因为 所以 但 但是 如果 然后 而且 已经 现在 不
没 没有 去 来 说 想 看 做 以 之 而 于 则 并
"""
_STOP_WORDS = frozenset(_LITTLE_WORDS.split())
_READABLE = re.compile(r"[^\W_]|[\u2600-\u27bf\U0001f300-\U0001faff]")
_TELLING_NUMBERS = range(3, 6)
"""Lengths of numbers that are names: 618, 110, 12315. Others are amounts, orders, phones."""
_LEAST_SHARE = 0.2
"""A word is shown when it weighs at least this share of the heaviest one."""
_LEAST_WEIGHT = 1e-6
_LONGEST_PHRASE = 8


class Evidence:
    """One text, laid out so that the words behind any label can be found quickly."""

    def __init__(self, features: HybridFeatures, prepared: Prepared, original: str) -> None:
        """`original` is what the customer wrote; words are given in its spelling."""
        self._text = prepared.text
        self._original = original
        self._spans = [
            (start, end) for piece, start, end in prepared.spans if _worth_showing(piece)
        ]
        found = np.array(list(_covers(features, prepared)), dtype=np.int64).reshape(-1, 3)
        self._columns, self._starts, self._ends = found.T

    def words(
        self, columns: NDArray[np.int32], weights: NDArray[np.float32], top: int
    ) -> list[str]:
        """At most `top` words that speak for a label, the heaviest first.

        `columns` and `weights` are `CalibratedLinear.contributions`.
        """
        return self.words_of_each(columns, weights[:, None], top)[0]

    def words_of_each(
        self, columns: NDArray[np.int32], weights: NDArray[np.float32], top: int
    ) -> list[list[str]]:
        """`words` for several labels at once: `weights` is `(columns, labels)`.

        The weight of a character n-gram, word n-gram or cue is spread over the characters it
        covers, so that pieces never overlap; neighbours that both weigh are joined. Stop words and
        punctuation are left out, and so is whatever spoke against the label.
        """
        return [self._words(each, top) for each in self._weigh(columns, weights).T.tolist()]

    def _words(self, weights: list[float], top: int) -> list[str]:
        scored = [(weight, *span) for weight, span in zip(weights, self._spans, strict=True)]
        heaviest = max((weight for weight, _, _ in scored), default=0.0)
        least = max(_LEAST_SHARE * heaviest, _LEAST_WEIGHT)
        joined = _join_neighbours([item for item in scored if item[0] >= least])
        ordered = sorted(joined, key=lambda item: (-item[0], item[1]))
        pieces = [self._text[start:end] for _, start, end in ordered]
        if any(len(piece) > 1 for piece in pieces):  # 「单」 says little beside 「收货人」
            pieces = [piece for piece in pieces if len(piece) > 1]
        found: list[str] = []
        for piece in pieces[: top * 2]:
            spelled = spelling_in(self._original, piece)
            if not any(spelled in other or other in spelled for other in found):
                found.append(spelled)
        return found[:top]

    def _weigh(
        self, columns: NDArray[np.int32], weights: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """`(words that say something, labels)`, in text order; `columns` rise."""
        rows = np.searchsorted(columns, self._columns)
        times = np.bincount(rows, minlength=len(columns))[rows]
        shares = weights[rows] / (times * (self._ends - self._starts))[:, None]
        count = len(self._text) + 2
        steps = _sums(self._starts + 1, shares, count) - _sums(self._ends + 1, shares, count)
        summed = steps.cumsum(axis=0).cumsum(axis=0)
        spans = np.array(self._spans, dtype=np.int64).reshape(-1, 2)
        return cast("NDArray[np.float64]", summed[spans[:, 1]] - summed[spans[:, 0]])


def _covers(features: HybridFeatures, prepared: Prepared) -> Iterator[tuple[int, int, int]]:
    """`(column, start, end)` of every known n-gram and cue in the text."""
    text = prepared.text
    for length in range(1, features.settings.char_longest + 1):
        for start in range(len(text) - length + 1):
            column = features.chars.column(text[start : start + length])
            if column is not None:
                yield column, start, start + length
    spans = [span for span in prepared.spans if not span[0].isspace()]
    for length in range(1, features.settings.word_longest + 1):
        for first in range(len(spans) - length + 1):
            phrase = spans[first : first + length]
            column = features.words.column(" ".join(piece for piece, _, _ in phrase))
            if column is not None:
                yield len(features.chars) + column, phrase[0][1], phrase[-1][2]
    for cue in features.cues.found(text):
        for start, end in features.cues.places(text, cue):
            yield features.cues_start + cue, start, end


def _sums(
    places: NDArray[np.int64], shares: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """`(count, labels)`: the sum of the `shares` `(n, labels)` at each place."""
    labels = shares.shape[1]
    cells = (places[:, None] * labels + np.arange(labels)).ravel()
    sums = np.bincount(cells, shares.ravel(), minlength=count * labels).reshape(-1, labels)
    return np.asarray(sums, dtype=np.float64)


def says_something(text: str) -> bool:
    """True when `text` has a letter, a digit, a Chinese character or an emoji."""
    return bool(_READABLE.search(text))


def _worth_showing(piece: str) -> bool:
    if piece.isdigit():
        return len(piece) in _TELLING_NUMBERS
    return piece not in _STOP_WORDS and says_something(piece)


def _join_neighbours(scored: Sequence[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """Words that touch become one phrase, as long as it stays short; input in text order."""
    joined: list[tuple[float, int, int]] = []
    for weight, start, end in scored:
        if joined and joined[-1][2] == start and end - joined[-1][1] <= _LONGEST_PHRASE:
            before = joined.pop()
            joined.append((before[0] + weight, before[1], end))
        else:
            joined.append((weight, start, end))
    return joined


def spelling_in(original: str, piece: str) -> str:
    """How the customer spelled the normalised `piece`; `piece` itself when that is not found."""
    if piece in original:
        return piece
    folded: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(original):
        for simple in simplify(unicodedata.normalize("NFKC", char)).lower():
            folded.append(simple)
            origin.append(index)
    start = "".join(folded).find(piece)
    if start < 0:
        return piece
    return original[origin[start] : origin[start + len(piece) - 1] + 1]
