"""The command `fenzhen bench nlu`: for each system train, serve, parse, load, end."""

from __future__ import annotations

import os
import platform
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from rich.console import Console

from cli import texts
from cli.bench import figures
from cli.bench.figures import Guess
from cli.bench.models import bot_python
from cli.bench.nlu.load import RasaSaidNo, parse_all, turns_a_second
from cli.bench.nlu.project import Examples, harmless, read_examples, safe_names, write_project
from cli.bench.nlu.rasa import Server, served, train
from cli.bench.nlu.systems import System, systems
from cli.bench.request import Figures
from cli.errors import Refused
from cli.progress import Steps

CLIENTS = (1, 16)
LOAD_SECONDS = 10.0
QUICKEST_FIRST = ("ours", "logistic", "diet")
"""So that what is wrong shows before the long training begins."""


@dataclass(frozen=True)
class Compared:
    """The figures of every system, in the order they are shown."""

    train: Examples
    test: Examples
    machine: Figures
    figures: Mapping[str, Figures]
    rows: Mapping[str, Sequence[Figures]]

    def plain(self, *, details: bool) -> Figures:
        """Data for JSON; every prediction only with `details`."""
        found: Figures = {
            "bench": "nlu",
            "train_rows": len(self.train.texts),
            "test_rows": len(self.test.texts),
            "intents": len(set(self.train.intents)),
            "machine": self.machine,
            "systems": dict(self.figures),
        }
        if details:
            found["lines"] = {key: list(rows) for key, rows in self.rows.items()}
        return found


def bench_nlu(
    train_file: Path,
    test_file: Path,
    only: Sequence[str],
    keep: Path | None,
    messages: Console,
    environ: Mapping[str, str],
) -> Compared:
    """Train and test the systems named in `only`; `Refused` says what is wrong."""
    known = systems()
    for name in only:
        if name not in known:
            raise Refused(texts.BENCH_UNKNOWN_SYSTEM.fill(name=name, known=", ".join(known)))
    python = bot_python(environ)
    train_data, test_data = read_examples(train_file), read_examples(test_file)
    if len(set(train_data.intents)) < 2:
        raise Refused(texts.BENCH_ONE_LABEL.fill(path=train_file))
    steps = Steps(messages)
    found: dict[str, Figures] = {}
    rows: dict[str, Sequence[Figures]] = {}
    with _workplace(keep) as folder, _ended_like_ctrl_c():
        for key in (key for key in QUICKEST_FIRST if key in only):
            run = _Run(known[key], folder / key, python, steps)
            found[key], rows[key] = run.measure(train_data, test_data)
    shown = [key for key in known if key in found]
    return Compared(
        train_data,
        test_data,
        machine(),
        {key: found[key] for key in shown},
        {key: rows[key] for key in shown},
    )


@dataclass(frozen=True)
class _Run:
    """One system in its project folder."""

    system: System
    folder: Path
    python: Path
    steps: Steps

    def measure(
        self, train_data: Examples, test_data: Examples
    ) -> tuple[Figures, Sequence[Figures]]:
        """Everything about this system."""
        name = self.system.name
        names = safe_names(train_data.intents)
        write_project(self.folder, self.system, train_data, names)
        step = texts.BENCH_SYSTEM_TRAIN.fill(name=name)
        with self.steps.step(step) as detail:
            trained = train(self.python, self.folder, step.line, detail)
        step = texts.BENCH_SYSTEM_SERVE.fill(name=name)
        with served(self.python, self.folder, step.line) as server:
            try:
                scores, rows = self._parse(server, test_data, names)
                turns = self._load(server, test_data)
            except RasaSaidNo as error:
                log = (self.folder / "run.log").read_text("utf-8", "replace")[-2000:]
                failed = texts.BENCH_PROGRAM_FAILED.fill(what=name, log=f"{error}\n{log}")
                raise Refused(failed) from error
            memory = server.memory_mb()
        found: Figures = {
            "name": name,
            **scores,
            "train_seconds": round(trained.seconds, 1),
            "train_peak_mb": round(trained.peak_mb),
            "turns_per_second": turns,
            "serving_mb": round(memory),
        }
        return found, rows

    def _parse(
        self, server: Server, test_data: Examples, names: Mapping[str, str]
    ) -> tuple[Figures, Sequence[Figures]]:
        with self.steps.step(texts.BENCH_SYSTEM_PARSE.fill(name=self.system.name)) as detail:
            parsed = parse_all(server.url, list(map(harmless, test_data.texts)), detail)
        true_name = {safe: intent for intent, safe in names.items()}
        guesses = [
            Guess(truth, true_name.get(item.intent, ""), item.confidence)
            for truth, item in zip(test_data.intents, parsed, strict=True)
        ]
        scores = {
            **figures.scores(guesses),
            "parse_ms": figures.milliseconds([item.milliseconds for item in parsed]),
        }
        rows = [
            {"text": text, **figures.plain(guess)}
            for text, guess in zip(test_data.texts, guesses, strict=True)
        ]
        return scores, rows

    def _load(self, server: Server, test_data: Examples) -> Figures:
        lines = list(map(harmless, test_data.texts))
        turns: Figures = {}
        for clients in CLIENTS:
            step = texts.BENCH_SYSTEM_TURNS.fill(name=self.system.name, clients=clients)
            with self.steps.step(step):
                turns[str(clients)] = round(
                    turns_a_second(server.url, lines, clients, LOAD_SECONDS), 1
                )
        return turns


def machine() -> Figures:
    """When and where it was measured."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


@contextmanager
def _workplace(keep: Path | None) -> Iterator[Path]:
    """`keep`, or a folder that is gone afterwards."""
    if keep is not None:
        try:
            keep.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(texts.HOME_UNUSABLE.fill(home=keep, reason=error.strerror)) from error
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="fenzhen-bench-") as folder:
        yield Path(folder)


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """A plain `kill` also ends what was started and removes what was written."""

    def stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
