"""The commands below `fenzhen simulate`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from cli.output import console, refusals

app = typer.Typer(help="模拟外部平台 / platforms of others, simulated", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `wechat` a command of its own."""


@app.command()
def wechat(
    desk: Annotated[
        str, typer.Option(help="分诊台地址 / the running desk")
    ] = "http://127.0.0.1:8000",
    port: Annotated[int, typer.Option(min=1, max=65535, help="模拟器端口 / its port")] = 8900,
    install: Annotated[
        bool,
        typer.Option(help="用管理员账号直接在分诊台建好渠道账号 / add the accounts to the desk"),
    ] = False,
    username: Annotated[str, typer.Option(help="管理员 / an admin of the desk")] = "admin",
    password: Annotated[
        str | None,
        typer.Option(envvar="FENZHEN_ADMIN_PASSWORD", help="不写则询问 / asked for if not given"),
    ] = None,
    fresh: Annotated[
        bool, typer.Option(help="换一套新的账号和密钥 / new accounts and secrets")
    ] = False,
) -> None:
    """模拟微信：在网页上以客户身份和分诊台聊天 / chat with the desk as a customer on WeChat."""
    from cli.settings import read_home
    from cli.simulate.wechat import Admin, simulate

    admin = None
    if install:
        if password is None:
            password = str(typer.prompt(f"{username} 的密码 password", hide_input=True))
        admin = Admin(username, password)
    with refusals():
        home = read_home(os.environ)
        simulate(
            desk.rstrip("/"),
            port,
            home.root / "simulator" / "wechat.json",
            console(),
            admin,
            fresh=fresh,
        )
