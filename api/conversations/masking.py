"""What staff see of phone, ID and card numbers before they ask for them (norms §7)."""

from __future__ import annotations

from pydantic import JsonValue

from api.commerce.masking import mask_numbers
from api.conversations.schemas import Quote

_TOLD = frozenset({"summary", "text", "value", "note", "evidence", "title"})
"""Fields of a `triage.packet.HandoffPacket` that may hold words of the customer."""


def hidden(author: str, text: str) -> str:
    """`text` as staff see it: what an agent wrote as it is, of others the numbers masked."""
    return text if author == "agent" else mask_numbers(text)


def hidden_quote(quote: Quote | None) -> Quote | None:
    """The same for a quoted message."""
    if quote is None:
        return None
    return quote.model_copy(update={"text": hidden(quote.author, quote.text)})


def hidden_packet(value: JsonValue, *, told: bool = False) -> JsonValue:
    """The same for a stored packet, wherever it says what the customer has said."""
    if isinstance(value, str):
        return mask_numbers(value) if told else value
    if isinstance(value, list):
        return [hidden_packet(item, told=told) for item in value]
    if isinstance(value, dict):
        return {
            name: hidden_packet(item, told=told or name in _TOLD) for name, item in value.items()
        }
    return value
