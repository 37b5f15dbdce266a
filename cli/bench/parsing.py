"""What the shipped bot understands, asked in its own environment without a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.learning import releases
from api.learning.proof import parsing
from api.learning.proof.parsing import FALLBACK, FAQ, Understood
from cli import texts
from cli.bench.models import bot_python
from cli.bench.request import Source
from cli.errors import Refused
from cli.progress import Steps

__all__ = ["FALLBACK", "FAQ", "Understood", "task_intents", "understand"]


def understand(
    source: Source,
    lines: Sequence[str],
    environ: Mapping[str, str],
    steps: Steps,
    wishes: Sequence[float | None] | None = None,
) -> list[Understood]:
    """Parse `lines` with the bot's model in `source`; `Refused` with the log when it fails."""
    model = source.folder / releases.MODEL
    with steps.step(texts.BENCH_MEASURE) as detail:
        try:
            return parsing.understand(
                bot_python(environ),
                model,
                lines,
                wishes,
                lambda done, total: detail(f"{done}/{total}"),
            )
        except parsing.ParsingFailed as error:
            raise Refused(
                texts.BENCH_PROGRAM_FAILED.fill(what="bot.parse_lines", log=error)
            ) from error


def task_intents(source: Source) -> frozenset[str]:
    """Intents that start a task, from the bot's rules of the same release."""
    return parsing.task_intents(source.folder)
