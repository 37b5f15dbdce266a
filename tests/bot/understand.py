"""Run in Rasa's environment: reads texts (JSON list) from stdin, prints what the model makes of
each as one JSON line. `python -m tests.bot.understand` is not possible there: run it as a file.
"""

from __future__ import annotations

import asyncio
import json
import sys

from rasa.core.agent import Agent


async def main() -> None:
    """Parse every text with the model given as argument."""
    agent = Agent.load(sys.argv[1])
    for text in json.load(sys.stdin):
        parsed = await agent.parse_message(text)
        kept = {name: parsed[name] for name in ("intent", "faq_ranking", "faq_decision")}
        print(json.dumps(kept))  # noqa: T201


asyncio.run(main())
