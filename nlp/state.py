"""Models as plain data, kept in one `.npz` file without pickle."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Value: TypeAlias = "Array | str | int | float | list[str] | State"
State: TypeAlias = "dict[str, Value]"
"""What every `to_state` gives: nested plain data that any safe format can hold."""

Kind = TypeVar("Kind")

_PLAIN = "plain"
_ARRAY = "__array__"


class StateError(ValueError):
    """Stored data is not what this version of the model expects."""


class Reader:
    """Typed access to a `State`; every method raises `StateError` naming the missing key."""

    def __init__(self, state: Mapping[str, Value]) -> None:
        self._state = state

    def array(self, key: str) -> Array:
        """The numpy array at `key`."""
        return self._get(key, np.ndarray)

    def text(self, key: str) -> str:
        """The string at `key`."""
        return self._get(key, str)

    def number(self, key: str) -> float:
        """The int or float at `key`."""
        value = self._state.get(key)
        if not isinstance(value, (int, float)):
            raise StateError(f"model state has no number {key!r}")
        return float(value)

    def strings(self, key: str) -> list[str]:
        """The list of strings at `key`."""
        return [str(item) for item in self._get(key, list)]

    def has(self, name: str) -> bool:
        """Is there anything called `name`?"""
        return name in self._state

    def child(self, key: str) -> State:
        """The nested state at `key`."""
        return dict(self._get(key, dict))

    def _get(self, key: str, kind: type[Kind]) -> Kind:
        value = self._state.get(key)
        if not isinstance(value, kind):
            raise StateError(f"model state has no {kind.__name__} {key!r}")
        return value


def save_state(path: Path, state: State) -> None:
    """Write `state` to `path` (compressed npz; everything but arrays as JSON)."""
    arrays: dict[str, Array] = {}
    plain = json.dumps(_split(state, arrays), ensure_ascii=False)
    arrays[_PLAIN] = np.frombuffer(plain.encode(), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def load_state(path: Path) -> State:
    """Read what `save_state` wrote.

    Raises `OSError` when the file cannot be read and `StateError` when it is something else.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            plain = json.loads(stored[_PLAIN].tobytes().decode())
            state = _join(plain, stored)
    except (KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise StateError(f"{path} holds no model state ({error})") from error
    if not isinstance(state, dict):
        raise StateError(f"{path} holds no model state")
    return state


def _split(value: Value, arrays: dict[str, Array]) -> object:
    """`value` as JSON data; arrays move to `arrays` and leave their name behind."""
    if isinstance(value, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {_ARRAY: name}
    if isinstance(value, dict):
        return {key: _split(item, arrays) for key, item in value.items()}
    return value


def _join(value: Any, arrays: Mapping[str, Array]) -> Any:
    if not isinstance(value, dict):
        return value
    if set(value) == {_ARRAY}:
        return arrays[value[_ARRAY]]
    return {key: _join(item, arrays) for key, item in value.items()}
