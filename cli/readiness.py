"""Asking a desk whether it is ready."""

from __future__ import annotations

import json
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener


def not_ready(url: str) -> list[str]:
    """The parts GET /health/ready does not call well; `api` if it does not answer at all."""
    try:
        # without the proxy the environment may name
        with build_opener(ProxyHandler({})).open(f"{url}/health/ready", timeout=5) as answer:
            answer.read()
            return []
    except HTTPError as error:
        with error:
            return failing_parts(error.read())
    except (OSError, HTTPException):
        return ["api"]


def failing_parts(body: bytes) -> list[str]:
    """The names in `{"parts": {name: {"ok": bool}}}` that are not well."""
    try:
        parts = json.loads(body)["parts"]
        return [name for name, part in parts.items() if not part["ok"]] or ["api"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ["api"]
