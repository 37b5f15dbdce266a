"""What a trained model makes of texts: `python -m bot.parse_lines MODEL < TEXTS > PARSED`.

TEXTS is one JSON object a line: `{"text", "metadata"?}`. For each comes one JSON line
`{"ms", "parsed"}`: the time and what a turn of the desk would have understood. Runs in Rasa's
environment; nothing is served.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterable
from typing import TextIO

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.turn import processor_of

_WARM_UP = "你好，请问怎么退货"


async def parse(model: str, lines: Iterable[str], out: TextIO) -> None:
    """Parse every line and write what was understood."""
    processor = processor_of(Agent.load(model))
    if processor is None:
        raise ValueError(f"{model} holds no model")
    await processor.parse_message(UserMessage(_WARM_UP))
    for line in lines:
        asked = json.loads(line)
        message = UserMessage(asked["text"], metadata=asked.get("metadata"))
        begun = time.perf_counter()
        parsed = await processor.parse_message(message)
        seconds = time.perf_counter() - begun
        found = {"ms": round(seconds * 1000, 3), "parsed": parsed}
        out.write(json.dumps(found, default=str) + "\n")
        out.flush()


def main() -> None:
    """Whatever else prints goes to stderr."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    asyncio.run(parse(sys.argv[1], sys.stdin, out))


if __name__ == "__main__":
    main()
