"""Passwords and tokens between the desk's own processes, made once."""

from __future__ import annotations

import dataclasses
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cli import texts
from cli.errors import Refused
from cli.home import write_private


def _token() -> str:
    # hexadecimal: needs no quoting in a URL, a libpq string or a configuration file
    return secrets.token_hex(24)


@dataclass(frozen=True)
class Secrets:
    """What one home keeps in `secrets.json` (mode 600)."""

    service_token: str = field(default_factory=_token)
    data_key: str = field(default_factory=_token)
    """Seals customers' personal data; without it a copy of the database does not show them."""
    redis_password: str = field(default_factory=_token)
    postgres_password: str = field(default_factory=_token)
    """Of the embedded database's superuser, used by `fenzhen up` only."""
    database_password: str = field(default_factory=_token)
    """Of the role `fenzhen`, which owns the desk's tables."""
    rasa_password: str = field(default_factory=_token)
    """Of the role `rasa`, which sees its own schema and nothing else."""


def load_or_create(path: Path) -> Secrets:
    """The secrets of this home; what an older version did not know is added."""
    known = {item.name for item in dataclasses.fields(Secrets)}
    if not path.exists():
        stored: dict[str, str] = {}
    else:
        try:
            stored = load(path)
        except (OSError, ValueError) as error:
            raise Refused(texts.SECRETS_UNREADABLE.fill(path=path, home=path.parent)) from error
    made = Secrets(**{name: value for name, value in stored.items() if name in known})
    if dataclasses.asdict(made) != stored:
        write_private(path, json.dumps(stored | dataclasses.asdict(made), indent=2) + "\n")
    return made


def load(path: Path) -> dict[str, str]:
    """The stored secrets; OSError if there is no such file, ValueError if it is not ours."""
    content = json.loads(path.read_text("utf-8"))
    if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
        raise ValueError(f"{path} does not hold secrets")
    return content
