"""What a desk learns from, read over its public API, with its labels shuffled, and written back.

Shuffled are, among each other: the six labels of all labelled requests, the other wordings of all
entries of the knowledge base, and the examples of all task intents. As many lines keep each label
as before. Standard questions stay where they are, because suggestions show them to the customers of
every release; so do the wishes for a person, and the words of the lexicon.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import yaml

from bench.signed_in import API
from classifier.likeness import spelling
from cli.learning.bar import Follow

_PAGE = 100
_AT_ONCE = 200
_LOOK_SECONDS = 0.5
_SECONDS = 120
_FAQ = "faq/"


class NotTaken(Exception):
    """The desk did not take the material as it was meant to be."""


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled request or an example; `label` is its category or intent."""

    kind: str
    text: str
    label: str
    labels: tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Lines, and the entries of the knowledge base as the YAML that the desk exports."""

    lines: Sequence[Line]
    entries: bytes


async def read(http: httpx.AsyncClient) -> Material:
    """All requests, examples of task intents, and entries."""
    intents = (await _get(http, "learning/intents"))["items"]
    lines = await _lines(http, "triage", None)
    for intent in intents:
        if intent["kind"] == "task":
            lines += await _lines(http, "intent", intent["name"])
    answer = await http.get(f"{API}/knowledge/export", params={"format": "yaml"})
    answer.raise_for_status()
    return Material(lines, answer.content)


def shuffled(material: Material, seed: int) -> Material:
    """The same texts under labels of others."""
    drawn = random.Random(seed)
    lines: list[Line] = []
    for kind in ("triage", "intent"):
        some = [line for line in material.lines if line.kind == kind]
        labels = [(line.label, line.labels) for line in some]
        drawn.shuffle(labels)
        lines += [Line(kind, line.text, *given) for line, given in zip(some, labels, strict=True)]
    return Material(lines, _shuffled_entries(material.entries, drawn))


def moved(before: Material, after: Material) -> dict[str, int]:
    """How many texts stand under another label, by kind."""
    found: dict[str, int] = {}
    for kind in ("triage", "intent"):
        known = {(line.text, line.label, line.labels) for line in before.lines if line.kind == kind}
        now = {(line.text, line.label, line.labels) for line in after.lines if line.kind == kind}
        found[kind] = len(now - known)
    were, are = set(_questions(before.entries)), set(_questions(after.entries))
    return {"faq": len(are - were), **found}


async def write(http: httpx.AsyncClient, before: Material, after: Material, follow: Follow) -> None:
    """Have the desk learn from `after` where it learned from `before`. Raises NotTaken."""
    follow(0.0, "FAQ")
    await _import(http, after.entries)
    known = set(before.lines)
    groups: dict[tuple[str, str, tuple[tuple[str, str | int], ...]], list[str]] = defaultdict(list)
    for line in after.lines:
        if line not in known:
            groups[line.kind, line.label, line.labels].append(line.text)
    for done, ((kind, label, labels), texts) in enumerate(groups.items(), start=1):
        for start in range(0, len(texts), _AT_ONCE):
            await _move(http, kind, label, dict(labels), texts[start : start + _AT_ONCE])
        follow(done / len(groups), kind)


async def _lines(http: httpx.AsyncClient, kind: str, label: str | None) -> list[Line]:
    found: list[Line] = []
    wanted = {"kind": kind, "limit": str(_PAGE)} | ({"label": label} if label else {})
    following: str | None = None
    while True:
        cursor = {"cursor": following} if following else {}
        page = await _get(http, "learning/lines", {**wanted, **cursor})
        for raw in page["items"]:
            labels = tuple(sorted(raw["labels"].items()))
            found.append(Line(kind, raw["text"], raw["label"], labels))
        following = page["next"]
        if following is None:
            return found


async def _move(
    http: httpx.AsyncClient,
    kind: str,
    label: str,
    labels: Mapping[str, str | int],
    texts: Sequence[str],
) -> None:
    body = {"kind": kind, "label": label, "labels": labels, "texts": texts, "move": True}
    answer = await http.post(f"{API}/learning/lines", json=body, timeout=_SECONDS)
    answer.raise_for_status()
    if refused := answer.json()["refused"]:
        raise NotTaken(refused[0])


async def _import(http: httpx.AsyncClient, content: bytes) -> None:
    answer = await http.post(
        f"{API}/knowledge/import",
        files={"file": ("knowledge.yml", content)},
        data={"dry_run": "false"},
        timeout=_SECONDS,
    )
    answer.raise_for_status()
    path = f"knowledge/imports/{answer.json()['import_id']}"
    while True:
        found = await _get(http, path)
        if found["ended_at"] is not None:
            break
        await asyncio.sleep(_LOOK_SECONDS)
    if found["state"] != "done" or found["report"]["refused"]:
        raise NotTaken((found["report"] or {}).get("problems"))


async def _get(
    http: httpx.AsyncClient, path: str, params: Mapping[str, str] | None = None
) -> dict[str, Any]:
    answer = await http.get(f"{API}/{path}", params=params)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _shuffled_entries(content: bytes, drawn: random.Random) -> bytes:
    document = yaml.load(content, yaml.CSafeLoader)
    blocks = [block for block in document["nlu"] if block["intent"].startswith(_FAQ)]
    taken = {spelling(block["metadata"]["question"]) for block in blocks}
    pool, room = [], []
    for block in blocks:
        kept = []
        for text in _wordings(block):
            if (
                spelling(text) not in taken
            ):  # else it could come to two entries, which the desk refuses
                taken.add(spelling(text))
                kept.append(text)
        pool += kept
        room.append(len(kept))
    drawn.shuffle(pool)
    for block, count in zip(blocks, room, strict=True):
        given = [block["metadata"]["question"], *(pool.pop() for _ in range(count))]
        block["examples"] = "".join(f"- {text}\n" for text in given)
    return yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True, width=10_000).encode()


def _questions(content: bytes) -> Iterator[tuple[str, str]]:
    for block in yaml.load(content, yaml.CSafeLoader)["nlu"]:
        for text in _wordings(block):
            yield text, block["intent"]


def _wordings(block: Mapping[str, Any]) -> list[str]:
    texts = [line.strip().removeprefix("-").strip() for line in block["examples"].splitlines()]
    return [text for text in texts if text and text != block["metadata"]["question"]]
