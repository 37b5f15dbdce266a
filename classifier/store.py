"""Keeps trained models: `model.skops` (plain data, no pickle) beside `model.json` (about it)."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, cast

import skops.io

from nlp.state import State

MODEL = "model.skops"
METADATA = "model.json"
FORMAT = 1
TRUSTED: list[str] = []
"""Types a model file may hold besides those skops trusts by itself (dict, list, str, numbers,
numpy arrays): none. Anything else means that the file was tampered with."""


class ModelError(ValueError):
    """A folder holds no model that can be used; the message says why."""


def save_model(folder: Path, state: State, metadata: dict[str, object]) -> None:
    """Write `state` and `metadata` to `folder`, which is made when it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    skops.io.dump(state, folder / MODEL, compression=zipfile.ZIP_DEFLATED)
    about = {"format": FORMAT, **metadata}
    (folder / METADATA).write_text(
        json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


def load_metadata(folder: Path, kind: str | None = None) -> dict[str, Any]:
    """What `save_model` wrote about the model; raises `ModelError`.

    With `kind` the model must be of that kind.
    """
    try:
        about = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ModelError(f"{folder}: no trained model here") from None
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise ModelError(f"{folder}: the model has another format; train it again")
    if kind is not None and about.get("kind") != kind:
        raise ModelError(f"{folder}: this is a {about.get('kind')} model, not a {kind} model")
    return about


def load_model(folder: Path) -> State:
    """The state that was saved to `folder`; raises `ModelError`."""
    path = folder / MODEL
    try:
        foreign = skops.io.get_untrusted_types(file=path)
        state = None if foreign else skops.io.load(path, trusted=TRUSTED)
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error})") from error
    if foreign:
        raise ModelError(f"{path}: holds types nobody saved: {', '.join(sorted(foreign))}")
    if not isinstance(state, dict):
        raise ModelError(f"{path}: holds no model")
    return cast(State, state)
