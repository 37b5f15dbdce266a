"""The command `fenzhen replay`: reads, plays, prints."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli import credentials, texts
from cli.errors import Refused
from cli.home import Home
from cli.replay.figures import Played, Summary
from cli.replay.player import DeskUnreachable, Replay, SummaryUnavailable
from cli.replay.recording import Session, read_sessions


@dataclass(frozen=True)
class Result:
    """A finished replay; `summary` is None when the desk could not be asked."""

    played: Played
    summary: Summary | None


def replay_file(
    replay: Replay, path: Path, sessions: int | None, home: Home, messages: Console
) -> Result:
    """Play the first `sessions` of a file, with a progress bar; `Refused` for a bad file."""
    recorded = read_sessions(path)[:sessions]
    return asyncio.run(_replay(replay, recorded, home, messages))


async def _replay(replay: Replay, recorded: list[Session], home: Home, messages: Console) -> Result:
    try:
        await replay.check()
    except DeskUnreachable as error:
        raise Refused(texts.DESK_UNREACHABLE.fill(url=replay.url, reason=error)) from error
    with _progress(messages, sum(len(session.turns) for session in recorded)) as advance:
        played = await replay.play(recorded, advance)
    return Result(played, await _summary(replay, played, home, messages))


async def _summary(replay: Replay, played: Played, home: Home, messages: Console) -> Summary | None:
    try:
        token = credentials.load(home.secrets)["service_token"]
        return await replay.summary(played.conversation_ids, token)
    except (OSError, ValueError, KeyError):
        problem = texts.TOKEN_MISSING.fill(path=home.secrets)
    except SummaryUnavailable as error:
        problem = texts.SUMMARY_FAILED.fill(reason=error)
    messages.print(str(problem), style="yellow", markup=False, highlight=False, soft_wrap=True)
    return None


@contextmanager
def _progress(console: Console, turns: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(texts.REPLAYING.line, total=turns)
        yield lambda: progress.advance(task)
