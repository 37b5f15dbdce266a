"""The `fenzhen` command. Each command imports what it needs only when it is called."""

from __future__ import annotations

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.bench.app import app as bench
from cli.data.app import app as data
from cli.output import console, print_json, refusals
from cli.simulate.app import app as simulate

app = typer.Typer(
    name="fenzhen",
    help="分诊台：中文客服的开放分诊台 / an open triage desk for Chinese customer service",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(bench, name="bench")
audit = typer.Typer(help="审计日志 / the audit log", no_args_is_help=True)
app.add_typer(audit, name="audit")
app.add_typer(data, name="data")
app.add_typer(simulate, name="simulate")


class Role(StrEnum):
    """Who an account is for."""

    agent = "agent"
    supervisor = "supervisor"
    admin = "admin"


AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]


@app.command()
def up() -> None:
    """启动分诊台，Ctrl-C 停止 / run the desk until Ctrl-C."""
    from cli.up import up as run

    with refusals():
        run(os.environ, console())


@app.command()
def status(as_json: AsJson = False) -> None:
    """各进程的状态 / what runs."""
    from cli.settings import read_home
    from cli.status import print_status, status_data

    with refusals():
        home = read_home(os.environ)
        if as_json:
            print_json(status_data(home))
        else:
            print_status(home, console())


@app.command()
def replay(
    file: Annotated[
        Path, typer.Argument(help="session、author、text 三列的 TSV / recorded sessions")
    ],
    sessions: Annotated[
        int | None, typer.Option(min=1, help="只回放前 N 个会话 / only the first N sessions")
    ] = None,
    concurrency: Annotated[
        int, typer.Option(min=1, help="同时在线的客户数 / customers at a time")
    ] = 8,
    turn_seconds: Annotated[
        float, typer.Option(min=0.1, help="每条消息的时限（秒） / deadline of a turn")
    ] = 60,
    url: Annotated[
        str, typer.Option(help="分诊台地址 / the running desk")
    ] = "http://127.0.0.1:8000",
    as_json: AsJson = False,
) -> None:
    """把录下的会话重放给正在运行的分诊台 / play recorded sessions against a running desk."""
    from cli.replay.command import replay_file
    from cli.replay.figures import as_data, failed
    from cli.replay.player import Replay
    from cli.replay.report import print_report
    from cli.settings import read_home

    with refusals():
        player = Replay(url.rstrip("/"), concurrency, turn_seconds)
        home = read_home(os.environ)
        result = replay_file(player, file, sessions, home, console(stderr=True))
    if as_json:
        print_json(as_data(result.played, result.summary))
    else:
        print_report(console(), result.played, result.summary)
    if failed(result.played, result.summary):
        raise typer.Exit(1)


@app.command()
def train(
    promote: Annotated[
        bool, typer.Option(help="通过检查后立即上线 / make it live if the gate lets it")
    ] = True,
    force: Annotated[
        str | None,
        typer.Option(help="检查未通过也上线的理由 / why to go live past the gate"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """为正在运行的分诊台训练一个新版本 / train a release for the running desk."""
    from cli import inside, texts
    from cli.learning import desk
    from cli.learning.bar import bar
    from cli.learning.report import print_trained, trained_data

    with refusals(), bar(console(stderr=True), texts.STEP_TRAIN) as follow:
        settings = inside.running_desk(os.environ)
        trained = desk.run(desk.train(settings, follow, promote=promote, force=force))
    if as_json:
        print_json(trained_data(trained))
    else:
        print_trained(console(), trained, promote=promote)
    if promote and not trained.live:
        raise typer.Exit(1)


@app.command()
def evaluate(
    number: Annotated[
        int | None, typer.Argument(help="版本号，不写则为线上版本 / default: the live release")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """一个版本在留出数据上的成绩 / figures of a release on held-out data."""
    from cli import inside, texts
    from cli.learning import desk
    from cli.learning.bar import bar
    from cli.learning.report import print_evaluated

    with refusals(), bar(console(stderr=True), texts.STEP_EVALUATE) as follow:
        found = desk.run(desk.evaluate(inside.running_desk(os.environ), number, follow))
    if as_json:
        print_json({"release": found.number, "state": found.state, **found.evaluation})
    else:
        print_evaluated(console(), found)


@app.command()
def compare(
    number: Annotated[int, typer.Argument(help="版本号 / number of the release")],
    against: Annotated[
        int | None, typer.Argument(help="不写则为线上版本 / default: the live release")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """两个版本的对比和上线检查，未通过时退出码为 1 / two releases; exit code 1 if blocked."""
    from cli import inside, texts
    from cli.learning import desk
    from cli.learning.bar import bar
    from cli.learning.report import print_proof

    with refusals(), bar(console(stderr=True), texts.STEP_COMPARE) as follow:
        settings = inside.running_desk(os.environ)
        found = desk.run(desk.compare(settings, number, against, follow))
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_proof(console(), found)
    if not found.gate.passed:
        raise typer.Exit(1)


@app.command()
def promote(
    number: Annotated[int, typer.Argument(help="版本号 / number of the release")],
    force: Annotated[
        str | None,
        typer.Option(help="检查未通过也上线的理由，至少 10 个字 / why to go live past the gate"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """让一个版本上线，未通过检查时退出码为 1 / make a release live; exit code 1 if blocked."""
    from cli import inside
    from cli.learning import desk, moves

    with refusals():
        settings = inside.running_desk(os.environ)
        moved = desk.run(moves.promote(settings, number, force))
    if as_json:
        print_json(moves.as_data(moved))
    else:
        moves.print_moved(console(), moved)
    if moved.blocked:
        raise typer.Exit(1)


@app.command()
def rollback(
    reason: Annotated[str | None, typer.Option(help="原因 / why")] = None,
    as_json: AsJson = False,
) -> None:
    """回到上一个上线过的版本 / bring back the release that was live before."""
    from cli import inside
    from cli.learning import desk, moves

    with refusals():
        settings = inside.running_desk(os.environ)
        moved = desk.run(moves.roll_back(settings, reason))
    if as_json:
        print_json(moves.as_data(moved))
    else:
        moves.print_moved(console(), moved)


@app.command()
def export(
    path: Annotated[
        Path,
        typer.Argument(
            help="知识库文件（.xlsx、.csv、.yml）或目录 / a file of entries, or a folder with all"
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """导出知识库；目录还包含训练语料 / write the knowledge base; a folder also gets the lines."""
    from cli import inside
    from cli.learning import desk
    from cli.transfer import report, work

    with refusals():
        done = desk.run(work.export(inside.running_desk(os.environ), path))
    if as_json:
        print_json(report.exported_data(done, path))
    else:
        report.print_exported(console(), done, path)


@app.command("import")
def take_in(
    path: Annotated[
        Path, typer.Argument(help="export 写出的文件或目录 / a file or folder as `export` writes")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查，不改动 / only say what it would do")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """导入知识库和训练语料，有错则不改动 / take entries and lines in: all, or nothing."""
    from cli import inside, texts
    from cli.learning import desk
    from cli.learning.bar import bar
    from cli.transfer import report, work

    with refusals(), bar(console(stderr=True), texts.STEP_IMPORT) as follow:
        settings = inside.running_desk(os.environ)
        done = desk.run(work.take_in(settings, path, follow, dry_run=dry_run))
    if as_json:
        print_json(report.taken_in_data(done, dry_run=dry_run))
    else:
        report.print_taken_in(console(), done, dry_run=dry_run)
    if done.refused:
        raise typer.Exit(1)


@app.command()
def create_user(
    username: Annotated[str, typer.Argument(help="登录名 / user name")],
    role: Annotated[Role, typer.Option(help="角色 / role")] = Role.agent,
    name: Annotated[str, typer.Option(help="显示的名字 / display name")] = "",
    password: Annotated[
        str | None,
        typer.Option(envvar="FENZHEN_NEW_PASSWORD", help="不写则询问 / asked for if not given"),
    ] = None,
    random: Annotated[bool, typer.Option("--random", help="随机密码 / a random one")] = False,
) -> None:
    """在正在运行的分诊台上创建账号 / make a staff account on the running desk."""
    from cli import inside, texts
    from cli.progress import Steps

    if random:
        password = secrets.token_urlsafe(12)
    elif password is None:
        password = str(typer.prompt("密码 password", hide_input=True, confirmation_prompt=True))
    with refusals():
        desk = inside.running_desk(os.environ)
        inside.create_user(desk, username, name or username, role.value, password)
    steps = Steps(console())
    steps.say(texts.USER_MADE.fill(name=username, role=role.value))
    if random:
        steps.say(texts.USER_PASSWORD.fill(password=password))


@audit.command()
def verify(
    noted: Annotated[
        str | None, typer.Option(help="以前记下的「序号:哈希」 / a `seq:hash` noted before")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """检查审计日志是否完整，未启动时也可用 / whether the audit log is what was written."""
    from cli import audit as log
    from cli.stores import data_key, database_url

    with refusals(), database_url(os.environ) as url:
        state = log.verify(url, data_key(os.environ), noted)
    if as_json:
        print_json(state.model_dump())
    else:
        log.print_state(state, console())
    if not state.whole:
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
