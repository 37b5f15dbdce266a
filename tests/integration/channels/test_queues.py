"""However slow WeChat is, customers of the page are answered."""

from __future__ import annotations

import asyncio

from api.channels.tasks import delivery_tasks
from api.conversations.tasks import turn_tasks
from api.jobs import CHANNELS_QUEUE, DESK_QUEUE, build_app
from api.worker import run_jobs
from tests.support.channels import wechat_customer
from tests.support.rig import Rig
from tests.support.waiting import eventually


async def test_a_platform_that_does_not_answer_holds_up_nobody_else(rig: Rig) -> None:
    async with wechat_customer(rig) as wechat:
        answered = wechat.platform.hold = asyncio.Event()
        await wechat.did()
        await wechat.say("您好")
        visitor = await rig.visitor()
        app = build_app(
            rig.desk.settings.libpq_url,
            turn_tasks(rig.runner()),
            delivery_tasks(wechat.deliverer),
        )
        async with app.open_async(), asyncio.TaskGroup() as group:
            working = [
                group.create_task(run_jobs(app, queue, 1)) for queue in (CHANNELS_QUEUE, DESK_QUEUE)
            ]

            async def asked() -> bool:
                return len(wechat.platform.sent()) == 1

            await eventually(asked, "the message is under way", 20)
            await visitor.say("你好")

            async def told() -> bool:
                return await visitor.texts("bot") == ["你好"]

            await eventually(told, "the visitor is answered", 20)
            assert await wechat.states() == [("waiting", None)]
            answered.set()

            async def arrived() -> bool:
                return await wechat.states() == [("sent", None)]

            await eventually(arrived, "the message has arrived", 20)
            for task in working:
                task.cancel()
