"""Record both directions of the bot: `python -m tests.bot.record` (after changing Rasa or flows).

Writes into `tests/contract/recorded/`: `action_*.json`, what Rasa asks of the action server, and
`desk_bot_*.json`, what the desk channel answers to the worker.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from tests.bot.running_bot import REPOSITORY, running_bot
from tests.bot.training import knowledge, train
from tests.contract.actions.memory_gateway import MemoryGateway

RECORDED = REPOSITORY / "tests" / "contract" / "recorded"

SCRIPTS = {
    "answer_sure": ["退款多久到账"],
    "answer_less_sure": ["优惠的事情问一下"],
    "answer_rejected": ["退款多久到账", "没用"],
    "answer_rejected_twice": ["退款多久到账", "没用", "没用"],
    "unclear": ["jkwpq vvbmx"],
    "unclear_twice": ["jkwpq vvbmx", "xkcdz bnmrt"],
    "none_of_these": ["以上都不是"],
    "affirm": ["好的"],
    "affirm_offer": ["jkwpq vvbmx", "xkcdz bnmrt", "好的"],
    "deny_suggestions": ["优惠的事情问一下", "不是"],
    "urge_reply": ["jkwpq vvbmx", "怎么不说话"],
    "distress": ["不想活了"],
    "ask_human": ["你好", "转人工"],
    "ask_human_in_form": ["我要登记", "转人工"],
    "ticket_start": ["我要登记"],
    "ticket_start_with_story": ["帮我登记，买的电饭煲开不了机"],
    "ticket_issue": ["我要登记", "买的电饭煲开不了机"],
    "ticket_no_order": ["我要登记", "买的电饭煲开不了机", "没有订单号"],
    "ticket_unreadable_order": ["我要登记", "买的电饭煲开不了机", "12345"],
    "ticket_question": ["我要登记", "买的电饭煲开不了机", "退款多久到账"],
    "ticket_done": ["我要登记", "买的电饭煲开不了机", "202611180012345", "13800138000"],
    "ticket_no_contact": ["我要登记", "买的电饭煲开不了机", "没有订单号", "不留联系方式"],
    "ticket_no_contact_still": [
        *("我要登记", "买的电饭煲开不了机", "没有订单号", "不留联系方式", "不留联系方式")
    ],
    "ticket_stop": ["我要登记", "算了不弄了"],
    "complaint_start": ["我要投诉"],
    "complaint_done": ["我要投诉，快递把我的包裹弄丢了", "202611180012345", "abc_12345"],
    "task_start": ["帮我取消订单"],
    "task_all_in_one": ["帮我把 202611180012345 的地址改成杭州市余杭区文一西路 1 号"],
    "task_proven": ["帮我取消订单", "202611180012345", "6789"],
    "task_wrong_proof": ["帮我取消订单", "202611180012345", "0000"],
    "task_question": ["帮我取消订单", "退款多久到账"],
    "task_corrected": [
        *("帮我把 202611180012345 的地址改成杭州市余杭区文一西路 1 号", "6789"),
        "不对，是杭州市西湖区文三路 9 号",
    ],
    "task_left": ["帮我取消订单", "算了"],
    "task_done": ["帮我取消订单", "202611180012345", "6789", "确认"],
}
"""Conversations; the requests of the last message are kept."""


def main() -> None:
    """Train, run and record."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ready = os.environ.get("FENZHEN_TEST_MODEL")
        model = Path(ready) if ready else train(folder)
        requests = folder / "requests"
        for old in [*RECORDED.glob("action_*.json"), *RECORDED.glob("desk_bot_*.json")]:
            old.unlink()
        with running_bot(MemoryGateway(knowledge()), model, folder, requests) as bot:
            for script, lines in SCRIPTS.items():
                visitor = bot.visitor()
                visitor.id = f"conversation-{script}"
                for number, line in enumerate(lines, start=1):
                    for old in requests.glob("*.json"):
                        old.unlink()
                    answer = visitor.say(line, f"{script}-{number}")
                _write(f"desk_bot_{script}", answer)
                for number, path in enumerate(sorted(requests.glob("*.json")), start=1):
                    request = json.loads(path.read_bytes())
                    request.pop("domain", None)
                    _write(f"action_{script}_{number}", request)


def _write(name: str, content: object) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (RECORDED / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
