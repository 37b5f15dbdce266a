"""Hybrid features: character n-grams, jieba words, cues and a sentence embedding side by side.

Lexical features win on long texts, the embedding on short ones (figures in the evaluation data);
together they beat either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import cast

import numpy as np
from scipy.sparse import csr_matrix

from nlp.cues import CueTable
from nlp.embedding import Embedder, Vectors
from nlp.grams import GramTable, SparseRow, char_grams, stack_rows, word_grams
from nlp.normalise import normalise
from nlp.state import Reader, State
from nlp.tokens import Tokenizer

_NUMBER = re.compile(r"\d{6,}")
"""Order numbers, phones and codes; short ones are words of their own (12315, 618)."""
_LEAST_SHARE = 0.2


@dataclass(frozen=True)
class FeatureSettings:
    """What the features look at. Lengths in characters."""

    char_longest: int = 4
    word_longest: int = 2
    least_seen: int = 1
    most_grams: int = 60_000
    """Grams kept of each kind."""
    embedding_weight: float = 1.5
    """Length of the embedding block of a short text; each lexical block has length 1."""
    embedding_short: int = 30
    """Up to here the embedding has its full weight; then it falls with the square root."""
    cue_weight: float = 0.4
    """Value of a cue that is found."""
    longest_text: int = 2_000
    longest_embedded: int = 240
    """A longer text is embedded by its beginning and end."""


@dataclass(frozen=True)
class Prepared:
    """A text made ready: normalised, long numbers masked, cut into `(piece, start, end)`."""

    text: str
    spans: tuple[tuple[str, int, int], ...]

    @property
    def words(self) -> list[str]:
        """Pieces that are not blank."""
        return [piece for piece, _, _ in self.spans if not piece.isspace()]


class HybridFeatures:
    """Texts to rows: `[char TF-IDF | word TF-IDF | cues | embedding]`."""

    def __init__(
        self,
        embedder: Embedder,
        tokenizer: Tokenizer,
        settings: FeatureSettings | None = None,
        cues: CueTable | None = None,
    ) -> None:
        self._embedder = embedder
        self._tokenizer = tokenizer
        self.settings = settings or FeatureSettings()
        self.cues = cues or CueTable()
        self.chars = GramTable([], np.zeros(0))
        self.words = GramTable([], np.zeros(0))

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.embedding_start + self._embedder.size

    @property
    def cues_start(self) -> int:
        """First column of the cues."""
        return len(self.chars) + len(self.words)

    @property
    def embedding_start(self) -> int:
        """First column of the embedding."""
        return self.cues_start + len(self.cues)

    def prepare(self, text: str) -> Prepared:
        """Normalise and cut one text; numbers of six digits or more all look alike."""
        plain = _NUMBER.sub("000000", normalise(text, self.settings.longest_text))
        return Prepared(plain, tuple(self._tokenizer.spans(plain)))

    def fit(self, texts: Sequence[str]) -> HybridFeatures:
        """Learn the vocabularies of `texts`."""
        self.fit_transform(texts)
        return self

    def fit_transform(self, texts: Sequence[str]) -> csr_matrix:
        """Learn the vocabularies and return the rows of the same texts."""
        if not texts:
            raise ValueError("no texts to learn from")
        prepared = [self.prepare(text) for text in texts]
        chosen = self.settings
        self.chars = GramTable.fit(
            map(self.char_grams, prepared), chosen.least_seen, chosen.most_grams
        )
        self.words = GramTable.fit(
            map(self.word_grams, prepared), chosen.least_seen, chosen.most_grams
        )
        return self.rows(prepared)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """`(len(texts), width)` float32 CSR."""
        return self.rows([self.prepare(text) for text in texts])

    def rows(self, prepared: Sequence[Prepared]) -> csr_matrix:
        """`(len(prepared), width)` float32 CSR."""
        vectors = self._embed(prepared)
        return stack_rows(
            [self._row(item, vector) for item, vector in zip(prepared, vectors, strict=True)],
            self.width,
        )

    def _row(self, item: Prepared, vector: Vectors) -> SparseRow:
        chars, char_values = self.chars.row(self.char_grams(item))
        words, word_values = self.words.row(self.word_grams(item))
        cues = np.array(self.cues.found(item.text), dtype=np.int32)
        embedding = np.arange(self._embedder.size, dtype=np.int32) + self.embedding_start
        columns = [chars, words + len(self.chars), cues + self.cues_start, embedding]
        cue_values = np.full(len(cues), self.settings.cue_weight, dtype=np.float32)
        return (
            np.concatenate(columns, dtype=np.int32),
            np.concatenate([char_values, word_values, cue_values, vector], dtype=np.float32),
        )

    def char_grams(self, prepared: Prepared) -> list[str]:
        """Character n-grams of one text."""
        return char_grams(prepared.text, self.settings.char_longest)

    def word_grams(self, prepared: Prepared) -> list[str]:
        """Word n-grams of one text."""
        return word_grams(prepared.words, self.settings.word_longest)

    def readable(self, column: int) -> str | None:
        """The characters, words or cue behind `column`; None for a column of the embedding."""
        for names in (self.chars.grams, self.words.grams, self.cues.names):
            if column < len(names):
                return names[column]
            column -= len(names)
        return None

    def _embed(self, prepared: Sequence[Prepared]) -> Vectors:
        """`(n, d)`, each row as long as the embedding of a text of that length is worth.

        Trial: a fixed weight of 1.5 is best on SMP2017 (10 characters a text) and worst on the
        hotline messages (200 characters), 0.5 the other way round.
        """
        chosen = self.settings
        vectors = self._embedder.encode(
            [shorten(item.text, chosen.longest_embedded) for item in prepared]
        )
        lengths = np.array([max(len(item.text), 1) for item in prepared], dtype=np.float32)
        share = np.clip(np.sqrt(chosen.embedding_short / lengths), _LEAST_SHARE, 1.0)
        return cast(Vectors, vectors * (chosen.embedding_weight * share)[:, None])

    def to_state(self) -> State:
        """Plain data; holds the lexicon and the name of the embedder, not its weights."""
        return {
            "embedder": self._embedder.name,
            "lexicon": self._tokenizer.lines,
            "settings": asdict(self.settings),
            "chars": self.chars.to_state(),
            "words": self.words.to_state(),
            "cues": self.cues.to_state(),
        }

    @classmethod
    def from_state(cls, state: State, embedder: Embedder) -> HybridFeatures:
        """The features that gave `state`; `ValueError` when `embedder` is another one."""
        reader = Reader(state)
        if reader.text("embedder") != embedder.name:
            raise ValueError(
                f"trained with embedding {reader.text('embedder')!r}, not {embedder.name!r}"
            )
        settings = _settings(Reader(reader.child("settings")))
        cues = CueTable.from_state(reader.child("cues"))
        features = cls(embedder, Tokenizer(reader.strings("lexicon")), settings, cues)
        features.chars = GramTable.from_state(reader.child("chars"))
        features.words = GramTable.from_state(reader.child("words"))
        return features


def _settings(stored: Reader) -> FeatureSettings:
    values = {field.name: stored.number(field.name) for field in fields(FeatureSettings)}
    whole = {name: int(value) for name, value in values.items() if value.is_integer()}
    return FeatureSettings(**{**values, **whole})  # type: ignore[arg-type]


def shorten(text: str, longest: int) -> str:
    """`text` itself, or two thirds of `longest` from its start and one third from its end."""
    if len(text) <= longest:
        return text
    tail = longest // 3
    return f"{text[: longest - tail - 1]} {text[-tail:]}" if tail else text[:longest]
