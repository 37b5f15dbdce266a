"""The action server: `python -m actions --port 5055`, on loopback, one process."""

from __future__ import annotations

import argparse
import hmac
import logging
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import HTTPResponse, Request, Sanic, json

from actions.answers import (
    ActionAffirm,
    ActionAnswerFaq,
    ActionAnswerRejected,
    ActionDeny,
    ActionUnclear,
    ActionUrgeReply,
)
from actions.gateway import Gateway, HttpGateway
from actions.handoff import ActionDistress, ActionTransferToHuman
from actions.settings import read_policy, read_settings
from actions.tasks.form import ValidateTaskForm

ACTIONS = (
    ActionAffirm,
    ActionAnswerFaq,
    ActionAnswerRejected,
    ActionDeny,
    ActionDistress,
    ActionTransferToHuman,
    ActionUnclear,
    ActionUrgeReply,
    ValidateTaskForm,
)


def create_server(gateway: Gateway, token: str) -> Sanic[Any, Any]:
    """The server with all actions on one gateway; requests need `token` as bearer."""
    executor = ActionExecutor()
    policy = read_policy()
    for action in ACTIONS:
        executor.register_action(action(gateway, policy))
    app: Sanic[Any, Any] = create_app(executor, cors_origins=[])
    expected = f"Bearer {token}".encode()

    async def authorise(request: Request) -> HTTPResponse | None:
        given = request.headers.get("authorization", "").encode()
        if request.path == "/health" or hmac.compare_digest(given, expected):
            return None
        return json({"error": "unauthorized"}, status=401)

    app.register_middleware(authorise, "request")
    return app


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="actions", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5055)
    arguments = parser.parse_args()
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    settings = read_settings()
    app = create_server(HttpGateway(settings), settings.service_token)
    app.run(
        host=arguments.host,
        port=arguments.port,
        single_process=True,
        access_log=False,
        motd=False,
    )


if __name__ == "__main__":
    main()
