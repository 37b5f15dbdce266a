"""`fenzhen up`: start everything in order, keep it running, end it in order."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from types import FrameType

from rich.console import Console

from cli import postgres, state, texts, valkey
from cli.checks import check_start
from cli.credentials import load_or_create
from cli.errors import Refused
from cli.greeting import greet
from cli.preparing import run_preparing
from cli.programs import choose_addresses, desk_environment, programs
from cli.progress import Steps
from cli.readiness import not_ready
from cli.settings import Settings, read_settings
from cli.supervise import Supervisor

STORES_SECONDS = 60
"""PostgreSQL may have to recover after a crash."""
GIVEN_SECONDS = 10
"""For a DATABASE_URL or REDIS_URL, which should be up already."""
READY_SECONDS = 180
STOP_SECONDS = 12
WATCH_SECONDS = 1.0
POLL_SECONDS = 0.25


class StopRequested(Exception):
    """Ctrl-C, or a signal that asks for an end."""


def up(environ: Mapping[str, str], console: Console) -> None:
    """Run the desk until a signal asks for its end. `Refused` if it cannot be started."""
    settings = read_settings(environ)
    settings.home.create()
    steps = Steps(console)
    with settings.home.lock(), stop_signals(), suppress(StopRequested):
        desk = _start(settings, environ, steps)
        try:
            desk.run()
        finally:
            desk.stop()


@contextmanager
def stop_signals() -> Iterator[None]:
    """Turn the first signal that asks for an end into `StopRequested`; later ones change nothing.

    Set even where the caller had them ignored, as a shell does for what it runs in the background.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise StopRequested

    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(settings: Settings, environ: Mapping[str, str], steps: Steps) -> Desk:
    with steps.step(texts.STEP_CHECKS):
        state.end_left_over(state.load(settings.home.state))
        settings.home.state.unlink(missing_ok=True)
        check_start(settings)
    return Desk(settings, environ, steps)


class Desk:
    """One started desk: its supervisor and what is known about it."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], steps: Steps) -> None:
        home = settings.home
        fresh = not home.secrets.exists()
        if fresh and settings.database_url is None and home.postgres.exists():
            raise Refused(texts.SECRETS_LOST.fill(path=home.secrets, home=home.root))
        self._settings = settings
        self._environ = environ
        self._steps = steps
        self._secrets = load_or_create(home.secrets)
        self._addresses = choose_addresses(settings, self._secrets)
        wanted = programs(settings, self._addresses, self._secrets)
        self._supervisor = Supervisor(home, wanted)
        self._state = state.State(settings.url, self._addresses.ports)
        self._seen: dict[str, int] = {}
        """The last pid of each program, kept while it is away."""

    def run(self) -> None:
        """Start, say where the desk is, then watch it. Leaves by `StopRequested` only."""
        self._start_stores()
        told = desk_environment(self._settings, self._addresses, self._secrets)
        if self._settings.demo_password is not None:
            told["FENZHEN_DEMO_PASSWORD"] = self._settings.demo_password
        log = self._settings.home.logs / "preparing.log"
        made = run_preparing(told, self._environ, log, self._steps)
        with self._steps.step(texts.STEP_PROGRAMS):
            self._supervisor.start_stage("desk")
            self._watch()
        self._wait_until_ready()
        greet(self._settings, made, self._steps)
        while True:
            time.sleep(WATCH_SECONDS)
            self._watch()

    def stop(self) -> None:
        """End every process, the stores last; kill what does not end."""
        with self._steps.step(texts.STEP_STOP):
            self._supervisor.stop(STOP_SECONDS)
            killed = state.end_left_over(self._state, seconds=1)
        self._settings.home.state.unlink(missing_ok=True)
        if killed:
            self._steps.say(texts.KILLED_LEFT.fill(names=", ".join(killed)), style="yellow")
        self._steps.say(texts.STOPPED)

    def _start_stores(self) -> None:
        server, home = self._addresses.postgres, self._settings.home
        if server is not None and server.is_new:
            with self._steps.step(texts.STEP_INITDB):
                server.initialise(self._secrets.postgres_password, home.logs / "initdb.log")
        with self._steps.step(texts.STEP_STORES):
            self._supervisor.start(self._environ)
            self._supervisor.start_stage("stores")
            self._watch()
            self._wait_for_stores()
            if server is not None:
                postgres.ensure_database(server, self._secrets)

    def _wait_for_stores(self) -> None:
        """`Refused` unless both stores answer, the embedded ones after a while."""
        server, logs = self._addresses.postgres, self._settings.home.logs
        redis_seconds = STORES_SECONDS if self._addresses.own_redis else GIVEN_SECONDS
        if not valkey.wait_until_up(self._addresses.redis, redis_seconds):
            if self._addresses.own_redis:
                raise Refused(texts.REDIS_FAILED.fill(log=logs / "redis.log"))
            host, port = self._addresses.redis.host, self._addresses.redis.port
            raise Refused(texts.REDIS_UNREACHABLE.fill(host=host, port=port))
        if server is not None:
            password = self._secrets.postgres_password
            url = server.url(postgres.SUPERUSER, password, postgres.SUPERUSER)
            if postgres.wait_until_up(url, STORES_SECONDS) is not None:
                raise Refused(texts.POSTGRES_FAILED.fill(log=logs / "postgres.log"))
            return
        reason = postgres.wait_until_up(self._addresses.database_url, GIVEN_SECONDS)
        if reason is not None:
            raise Refused(texts.DATABASE_UNREACHABLE.fill(reason=reason))

    def _watch(self) -> None:
        """Note which processes there are, say what was restarted, replace a dead supervisor."""
        if not self._supervisor.alive:
            self._steps.say(texts.SUPERVISOR_RESTARTED, style="yellow")
            state.end_left_over(self._state)
            self._supervisor.start(self._environ)
            self._supervisor.start_stage("stores")
            self._wait_for_stores()
            self._supervisor.start_stage("desk")
            self._seen.clear()
        try:
            running = self._supervisor.running()
        except (OSError, HTTPException):
            return
        pids = {item.name: item.pid for item in running if item.pid} | {state.UP: os.getpid()}
        if self._supervisor.pid is not None:
            pids["supervisord"] = self._supervisor.pid
        if pids == self._state.pids:
            return
        for name in sorted(pids.keys() & self._seen.keys()):
            if pids[name] != self._seen[name]:
                log = self._settings.home.logs / f"{name}.log"
                self._steps.say(texts.RESTARTED.fill(program=name, log=log), style="yellow")
        self._seen.update(pids)
        self._state = self._state.with_pids(pids)
        state.save(self._settings.home.state, self._state)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        missing: list[str] = ["api"]
        with self._steps.step(texts.STEP_READY) as detail:
            while time.monotonic() < deadline:
                missing = not_ready(self._settings.url)
                if not missing:
                    return
                detail(" ".join(missing))
                self._watch()
                time.sleep(POLL_SECONDS)
        self._steps.say(
            texts.NOT_READY.fill(
                seconds=READY_SECONDS, parts=", ".join(missing), logs=self._settings.home.logs
            ),
            style="yellow",
        )
