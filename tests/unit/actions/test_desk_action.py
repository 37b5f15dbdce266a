"""What all actions have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from actions.answers import ActionAnswerFaq
from actions.gateway import KnowledgeEntry
from actions.settings import Policy, read_policy
from actions.wire import GatewayUnavailable
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.unit.actions.test_conversation import Tracker, user
from tests.unit.actions.test_small_talk import Said


class HangingGateway(MemoryGateway):
    """Never answers."""

    async def lookup(self, keys: Sequence[str], conversation_id: str) -> list[KnowledgeEntry]:
        await asyncio.Event().wait()
        return await super().lookup(keys, conversation_id)


async def test_an_action_gives_up_when_the_desk_takes_too_long() -> None:
    question = user("运费多少")
    question["parse_data"] = {
        "intent": {"name": "faq"},
        "faq_ranking": [{"key": "k", "score": 0.99}],
        "faq_decision": {"verdict": "answer", "offer": ["k"]},
    }
    action = ActionAnswerFaq(HangingGateway(), Policy(seconds=0.05))
    with pytest.raises(GatewayUnavailable, match="too slow"):
        await action.run(Said(), Tracker([question]), {})


def test_the_time_for_all_calls_is_a_setting() -> None:
    assert read_policy({"FENZHEN_GATEWAY_TIMEOUT": "1.2"}).seconds == 1.2
