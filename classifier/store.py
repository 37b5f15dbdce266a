"""Keeps trained models: `model.skops` (plain data, no pickle) beside `model.json` (about it)."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
import tempfile
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any, cast

import skops.io

from nlp.state import State

MODEL = "model.skops"
METADATA = "model.json"
FORMAT = 1
_OLD_SECONDS = 3600.0
_UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)
TRUSTED: list[str] = []
"""Types a model file may hold besides those skops trusts by itself (dict, list, str, numbers,
numpy arrays): none. Anything else means that the file was tampered with."""


class ModelError(ValueError):
    """A folder holds no model that can be used; the message says why."""


def save_model(folder: Path, state: State, metadata: dict[str, object]) -> None:
    """Write `state` and `metadata` to `folder`, which is made when it is missing.

    At every moment, and after a kill at any of them, the folder holds the old model whole, the
    new one whole, or (before the first) nothing: both files are made in a folder beside it. A new
    folder is renamed into place; in one that is there the new weights get a name of their own,
    and replacing `model.json`, which names them, is the switch.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{folder.resolve().name}.training-"
    _clear_old_drafts(folder.parent, prefix)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=prefix))
    try:
        skops.io.dump(state, draft / MODEL, compression=zipfile.ZIP_DEFLATED)
        digest = _sha256(draft / MODEL)
        name = MODEL if _is_free(folder) else f"model-{digest[:16]}.skops"
        about = {"format": FORMAT, "file": name, "sha256": digest, **metadata}
        (draft / MODEL).rename(draft / name)
        (draft / METADATA).write_text(
            json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        for path in draft.iterdir():
            _flush(path)
        _install(draft, folder, name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _install(draft: Path, folder: Path, name: str) -> None:
    if _is_free(folder):
        draft.chmod(0o755)  # mkdtemp closes it to everyone else
        draft.rename(folder)  # replaces an empty folder
        return
    (draft / name).replace(folder / name)
    (draft / METADATA).replace(folder / METADATA)
    for path in folder.glob("model*.skops"):
        if path.name != name:
            path.unlink(missing_ok=True)


def _is_free(folder: Path) -> bool:
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def _clear_old_drafts(parent: Path, prefix: str) -> None:
    """What a killed training left behind; a younger one may still be at work."""
    for path in parent.glob(f"{glob.escape(prefix)}*"):
        if time.time() - path.stat().st_mtime > _OLD_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def verify_model(folder: Path, kind: str | None = None) -> Path:
    """The file of the model in `folder`; raises `ModelError` unless its bytes are those that were
    saved. A model without a checksum is from before there were any, and taken as it is.
    """
    about = load_metadata(folder, kind)
    path = folder / Path(str(about.get("file", MODEL))).name
    try:
        digest = _sha256(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
    if about.get("sha256", digest) != digest:
        raise ModelError(f"{path}: damaged, its bytes are not those that were saved")
    return path


def load_model(folder: Path) -> State:
    """The state that was saved to `folder`; raises `ModelError`, also for a damaged file."""
    path = verify_model(folder)
    try:
        foreign = skops.io.get_untrusted_types(file=path)
        state = None if foreign else skops.io.load(path, trusted=TRUSTED)
    except (*_UNREADABLE, KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"{path}: cannot be read ({reason})") from error
    if foreign:
        raise ModelError(f"{path}: holds types nobody saved: {', '.join(sorted(foreign))}")
    if not isinstance(state, dict):
        raise ModelError(f"{path}: holds no model")
    return cast(State, state)
