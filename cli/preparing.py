"""Schema, bundled data, accounts and the first model: made by a process of its own.

It needs the whole desk (SQLAlchemy, scikit-learn, …), which `fenzhen up` must not carry for as
long as it runs. It is started as `python -m cli.preparing` and reports JSON lines on its standard
output: `{"step": name}`, `{"detail": text}`, `{"accounts": [{username, role, password}]}`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.processes import bound_to_parent
from cli import texts
from cli.errors import Refused
from cli.progress import Detail, Steps
from cli.settings import REPOSITORY
from cli.supervise import clean_environment
from cli.texts import Text

STEPS: Mapping[str, Text] = {
    "migrate": texts.STEP_MIGRATE,
    "prepare": texts.STEP_PREPARE,
    "release": texts.STEP_RELEASE,
}


@dataclass(frozen=True)
class Account:
    """A demo account; the password only where it is not the caller's own."""

    username: str
    role: str
    password: str | None


def run_preparing(
    told: Mapping[str, str], environ: Mapping[str, str], log: Path, steps: Steps
) -> list[Account]:
    """Run the preparing process and show its steps; its accounts, or `Refused` with the reason."""
    with log.open("wb") as errors:
        process = subprocess.Popen(
            bound_to_parent([sys.executable, "-m", "cli.preparing"], "TERM"),
            cwd=REPOSITORY,
            env={**clean_environment(environ), **told},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            return _follow(process, log, steps)
        finally:
            end_group(process)


def _follow(process: subprocess.Popen[str], log: Path, steps: Steps) -> list[Account]:
    accounts: list[Account] = []
    reports = _reports(process.stdout or ())
    step: str | None = "migrate"
    while step is not None:
        text = STEPS[step]
        with steps.step(text) as detail:
            step = reports_until_next_step(reports, detail, accounts)
            if step is None and process.wait() != 0:
                reason = _last_line(log)
                failed = texts.PREPARE_FAILED
                raise Refused(failed.fill(zh=text.zh, en=text.en, reason=reason, log=log))
    return accounts


def reports_until_next_step(
    reports: Iterator[dict[str, Any]], detail: Detail, accounts: list[Account]
) -> str | None:
    for report in reports:
        if "step" in report:
            return str(report["step"])
        if "detail" in report:
            detail(str(report["detail"]))
        if "accounts" in report:
            accounts.extend(Account(**item) for item in report["accounts"])
    return None


def _reports(output: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in output:
        yield json.loads(line)


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "?"


def end_group(process: subprocess.Popen[str], seconds: float = 5) -> None:
    """End a process that leads its own session, with everything it started."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal_number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


# --- the process itself -------------------------------------------------------------------------


def main() -> None:
    """Prepare the desk described by the environment, reporting on the real standard output."""
    # leave by an exception, so that a training ends what it started and clears up
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # what libraries print goes to the log, not between the reports
    os.dup2(2, 1)

    def report(**content: object) -> None:
        print(json.dumps(content, ensure_ascii=False), file=reports, flush=True)

    from api import bootstrap
    from api.learning.runs.first import ensure_first_release
    from api.settings import Settings

    settings = Settings()  # type: ignore[call-arg]  # from the environment
    bootstrap.migrate(settings)
    report(step="prepare")
    made = [Account(it.username, it.role, it.password) for it in bootstrap.prepare(settings)]
    report(accounts=[dataclasses.asdict(account) for account in made])
    report(step="release")
    ensure_first_release(settings, lambda text: report(detail=text))


if __name__ == "__main__":
    main()
