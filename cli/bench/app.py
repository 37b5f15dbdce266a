"""The commands under `fenzhen bench`. Each imports what it needs only when it is called."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.bench.request import Measure, Request

app = typer.Typer(
    help="在任意文件上测量 / measure what is shipped, on any file", no_args_is_help=True
)


class Which(StrEnum):
    """Which model is measured."""

    live = "live"
    fresh = "fresh"


File = Annotated[
    Path | None,
    typer.Argument(help="TSV 文件，不写则用留出的数据 / default: the held-out files"),
]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]
Details = Annotated[
    bool, typer.Option("--details", help="逐条结果 / every line with what was made of it")
]
Release = Annotated[
    Which | None,
    typer.Option(
        help="live 在线版本，fresh 现场训练；不写则有在线版本就用它 / default: live if there is one"
    ),
]
Model = Annotated[
    Path | None,
    typer.Option(help="版本文件夹（classifier/、model.tar.gz） / folder of a trained release"),
]


@app.command()
def nlu(
    train: Annotated[Path, typer.Argument(help="训练文件：text 和意图两列 / text and intent")],
    test: Annotated[Path, typer.Argument(help="测试文件 / the same, for the test")],
    only: Annotated[
        str, typer.Option(help="diet,logistic,ours 中的几个 / some of them, with commas")
    ] = "diet,logistic,ours",
    keep: Annotated[
        Path | None, typer.Option(help="把项目、模型和日志留在这里 / keep the work here")
    ] = None,
    details: Details = False,
    as_json: AsJson = False,
) -> None:
    """同样的数据，对比 Rasa 自带方案 / stock Rasa and ours, trained and tested on the same data."""
    from cli.bench.nlu.command import bench_nlu
    from cli.bench.nlu.report import print_nlu
    from cli.output import console, print_json, refusals

    with refusals():
        names = [name.strip() for name in only.split(",") if name.strip()]
        found = bench_nlu(train, test, names, keep, console(stderr=True), os.environ)
    if as_json:
        print_json(found.plain(details=details))
    else:
        print_nlu(console(), found)


@app.command()
def triage(
    file: File = None,
    release: Release = None,
    model: Model = None,
    details: Details = False,
    as_json: AsJson = False,
) -> None:
    """类别、性质、影响、紧急、优先级、情绪 / labels and priority of requests."""
    from cli.bench.triage import bench_triage

    _show("triage", bench_triage, _ask(file, release, model), details=details, as_json=as_json)


@app.command()
def human(
    file: File = None,
    release: Release = None,
    model: Model = None,
    details: Details = False,
    as_json: AsJson = False,
) -> None:
    """要求人工的识别 / requests for a person and their look-alikes."""
    from cli.bench.human import bench_human

    _show("human", bench_human, _ask(file, release, model), details=details, as_json=as_json)


@app.command()
def faq(
    file: File = None,
    release: Release = None,
    model: Model = None,
    details: Details = False,
    as_json: AsJson = False,
) -> None:
    """知识库问答与业务外消息 / questions and foreign messages."""
    from cli.bench.faq import bench_faq

    _show("faq", bench_faq, _ask(file, release, model), details=details, as_json=as_json)


@app.command()
def intents(
    file: File = None,
    release: Release = None,
    model: Model = None,
    details: Details = False,
    as_json: AsJson = False,
) -> None:
    """任务与闲聊意图 / intents other than questions."""
    from cli.bench.intents import bench_intents

    _show("intents", bench_intents, _ask(file, release, model), details=details, as_json=as_json)


def _ask(file: Path | None, release: Which | None, model: Path | None) -> Request:
    return Request(file, release.value if release else None, model, os.environ)


def _show(name: str, measure: Measure, request: Request, *, details: bool, as_json: bool) -> None:
    from cli.bench.report import print_result
    from cli.output import console, print_json, refusals
    from cli.progress import Steps

    with refusals():
        result = measure(request, Steps(console(stderr=True)))
    if as_json:
        print_json(result.plain(name, details=details))
    else:
        print_result(console(), name, result, details=details)
