"""Hybrid features: characters, jieba words, sounds, cues and a sentence embedding side by side.

Lexical features win on long texts, the embedding on short ones (figures in the evaluation data);
together they beat either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import cast

import numpy as np
from scipy.sparse import csr_matrix

from nlp.cues import CueTable
from nlp.embedding import Embedder, Vectors
from nlp.grams import GramTable, SparseRow, char_grams, stack_rows, word_grams
from nlp.normalise import normalise
from nlp.pinyin import sound_grams
from nlp.projection import Projection
from nlp.state import Reader, State
from nlp.tokens import Tokenizer

_NUMBER = re.compile(r"\d{6,}")
"""Order numbers, phones and codes; short ones are words of their own (12315, 618)."""
_LEAST_SHARE = 0.2
_START, _END = "\x02", "\x03"
"""Around the text in its character n-grams: how a message begins and ends tells much."""


@dataclass(frozen=True)
class FeatureSettings:
    """What the features look at. Lengths in characters."""

    char_longest: int = 3
    word_longest: int = 2
    sound_longest: int = 3
    least_seen: int = 1
    most_grams: int = 60_000
    """Grams kept of each kind."""
    embedding_weight: float = 1.2
    """Length of the embedding block of a short text; each lexical block has length 1."""
    embedding_short: int = 30
    """Up to here the embedding has its full weight; then it falls with the square root."""
    sound_weight: float = 0.8
    """Length of the block of sounds (pinyin), where each other lexical block has length 1."""
    directions: int = 512
    """Principal directions of the embedding that are kept; fewer train faster."""
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
    """Texts to rows: `[char TF-IDF | word TF-IDF | cues | sound TF-IDF | embedding]`."""

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
        self.sounds = GramTable([], np.zeros(0))
        self._projection = Projection.of_size(embedder.size)

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.embedding_start + self._projection.directions

    @property
    def cues_start(self) -> int:
        """First column of the cues."""
        return len(self.chars) + len(self.words)

    @property
    def sounds_start(self) -> int:
        """First column of the sounds."""
        return self.cues_start + len(self.cues)

    @property
    def embedding_start(self) -> int:
        """First column of the embedding."""
        return self.sounds_start + len(self.sounds)

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
        self.chars = self._learn(map(self.char_grams, prepared))
        self.words = self._learn(map(self.word_grams, prepared))
        self.sounds = self._learn(map(self.sound_grams, prepared))
        vectors = self._embed(prepared)
        self._projection = Projection.fit(vectors, self.settings.directions)
        lexical = [self._lexical(item) for item in prepared]
        return stack_rows(self._with_embedding(lexical, prepared, vectors), self.width)

    def _learn(self, documents: Iterable[Sequence[str]]) -> GramTable:
        return GramTable.fit(documents, self.settings.least_seen, self.settings.most_grams)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """`(len(texts), width)` float32 CSR."""
        return self.rows([self.prepare(text) for text in texts])

    def rows(self, prepared: Sequence[Prepared]) -> csr_matrix:
        """`(len(prepared), width)` float32 CSR."""
        return stack_rows(self.sparse(prepared), self.width)

    def sparse(self, prepared: Sequence[Prepared]) -> list[SparseRow]:
        """The rows one by one.

        Embedded together, two texts take a third less time than alone.
        """
        lexical = [self._lexical(item) for item in prepared]
        return self._with_embedding(lexical, prepared, self._embed(prepared))

    def _with_embedding(
        self, lexical: Sequence[SparseRow], prepared: Sequence[Prepared], vectors: Vectors
    ) -> list[SparseRow]:
        weighed = self._projection.apply(vectors) * self._worth(prepared)
        behind = np.arange(self.embedding_start, self.width, dtype=np.int32)
        return [
            (np.concatenate([columns, behind]), np.concatenate([values, vector]))
            for (columns, values), vector in zip(lexical, weighed, strict=True)
        ]

    def _lexical(self, item: Prepared) -> SparseRow:
        """Everything but the embedding."""
        chars, char_values = self.chars.row(self.char_grams(item))
        words, word_values = self.words.row(self.word_grams(item))
        cues = np.array(self.cues.found(item.text), dtype=np.int32)
        sounds, sound_values = self.sounds.row(self.sound_grams(item))
        blocks: tuple[SparseRow, ...] = (
            (chars, char_values),
            (words + len(self.chars), word_values),
            (cues + self.cues_start, np.full(len(cues), self.settings.cue_weight, np.float32)),
            (sounds + self.sounds_start, sound_values * self.settings.sound_weight),
        )
        return (
            np.concatenate([columns for columns, _ in blocks], dtype=np.int32),
            np.concatenate([values for _, values in blocks], dtype=np.float32),
        )

    def char_grams(self, prepared: Prepared) -> list[str]:
        """Character n-grams of one text, its beginning and end marked."""
        return char_grams(f"{_START}{prepared.text}{_END}", self.settings.char_longest)

    def sound_grams(self, prepared: Prepared) -> list[str]:
        """N-grams of how one text sounds."""
        return sound_grams(prepared.text, self.settings.sound_longest)

    def word_grams(self, prepared: Prepared) -> list[str]:
        """Word n-grams of one text."""
        return word_grams(prepared.words, self.settings.word_longest)

    def readable(self, column: int) -> str | None:
        """The characters, words, cue or sound behind `column`; None in the embedding."""
        for names in (self.chars.grams, self.words.grams, self.cues.names, self.sounds.grams):
            if column < len(names):
                return names[column]
            column -= len(names)
        return None

    def _embed(self, prepared: Sequence[Prepared]) -> Vectors:
        longest = self.settings.longest_embedded
        return self._embedder.encode([shorten(item.text, longest) for item in prepared])

    def _worth(self, prepared: Sequence[Prepared]) -> Vectors:
        """`(n, 1)`: how long the embedding of each text shall be.

        Trial: a fixed weight of 1.5 is best on SMP2017 (10 characters a text) and worst on the
        hotline messages (200 characters), 0.5 the other way round.
        """
        chosen = self.settings
        lengths = np.array([max(len(item.text), 1) for item in prepared], dtype=np.float32)
        share = np.clip(np.sqrt(chosen.embedding_short / lengths), _LEAST_SHARE, 1.0)
        return cast(Vectors, (chosen.embedding_weight * share)[:, None])

    def to_state(self) -> State:
        """Plain data; holds the lexicon and the name of the embedder, not its weights."""
        return {
            "embedder": self._embedder.name,
            "lexicon": self._tokenizer.lines,
            "settings": asdict(self.settings),
            "chars": self.chars.to_state(),
            "words": self.words.to_state(),
            "cues": self.cues.to_state(),
            "sounds": self.sounds.to_state(),
            "projection": self._projection.to_state(),
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
        features.sounds = GramTable.from_state(reader.child("sounds"))
        features._projection = Projection.from_state(reader.child("projection"))
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
