"""supervisord: its configuration, its life, and what it says about the programs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from api.processes import bound_to_parent
from cli import texts
from cli.errors import Refused
from cli.home import Home, write_private
from cli.programs import Program, Stage
from cli.settings import REPOSITORY

START_SECONDS = 15
POLL_SECONDS = 0.05
NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "PYTHONHOME", "PYTHONPATH", "PYTHONWARNINGS")
"""What programs shall not find in their environment besides all of `FENZHEN_*`."""
PRIORITIES: Mapping[Stage, int] = {"stores": 1, "desk": 2}
"""supervisord ends groups from the highest number down, the members of one group together."""


@dataclass(frozen=True)
class Running:
    """What supervisord says about one program."""

    name: str
    state: str
    pid: int | None
    seconds: int
    """How long it has been running."""


def behind(nice: int) -> list[str]:
    """What stands before a command that gets less of short processors than others."""
    return ["nice", "-n", str(nice)] if nice and shutil.which("nice") else []


def socket_path(home: Home) -> Path:
    """supervisord's control socket."""
    return home.sockets / "supervisor.sock"


def configuration(home: Home, programs: Iterable[Program]) -> str:
    """supervisord's configuration for these programs; none starts by itself."""
    programs = list(programs)
    main = {
        "nodaemon": "true",
        "silent": "true",
        "identifier": "fenzhen",
        # relative to the home, where supervisord is started: its name may be any
        "logfile": f"{home.logs.name}/supervisord.log",
        "logfile_maxbytes": "10MB",
        "logfile_backups": 2,
        "pidfile": f"{home.run.name}/supervisord.pid",
        "childlogdir": home.logs.name,
        "umask": "077",
    }
    sections = [
        _section("supervisord", main),
        _section("unix_http_server", {"file": socket_path(home), "chmod": "0700"}),
        _section(
            "rpcinterface:supervisor",
            {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
    ]
    for stage, priority in PRIORITIES.items():
        names = [program.name for program in programs if program.stage == stage]
        if names:
            group = {"programs": ",".join(names), "priority": priority}
            sections.append(_section(f"group:{stage}", group))
    told = shared_environment(programs)
    sections += [_program(home, program, told.keys()) for program in programs]
    return "\n".join(sections)


def shared_environment(programs: Iterable[Program]) -> dict[str, str]:
    """All variables any program is told; supervisord has them, and each sees its own only.

    Handed on this way no value needs quoting and no password is written into the configuration.
    """
    return {k: v for program in programs for k, v in program.environment.items()}


def _program(home: Home, program: Program, told: Iterable[str]) -> str:
    hidden = [name for name in told if name not in program.environment]
    forget = [word for name in hidden for word in ("-u", name)]
    death_signal = "INT" if program.stop_signal == "INT" else "KILL"
    told_apart = ["env", *forget, *behind(program.nice), *program.command]
    command = bound_to_parent(told_apart, death_signal, program.privileges)
    # TERM is for the whole group; PostgreSQL tells its children itself
    whole_group = "true" if program.stop_signal == "TERM" else "false"
    values = {
        "command": _command(command),
        "directory": REPOSITORY,
        "autostart": "false",
        "autorestart": "true",
        "startsecs": program.start_seconds,
        "startretries": 1_000_000,
        "stopsignal": program.stop_signal,
        "stopwaitsecs": program.stop_seconds,
        "stopasgroup": whole_group,
        "killasgroup": whole_group,
        "redirect_stderr": "true",
        "stdout_logfile": f"{home.logs.name}/{program.name}.log",
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": 2,
    }
    return _section(f"program:{program.name}", values)


def _command(words: list[str]) -> str:
    """The words quoted for supervisord, which splits like a POSIX shell."""
    line = " ".join("'" + word.replace("'", "'\"'\"'") + "'" for word in words)
    # after a space these begin a comment, inside quotes too; a quote in between prevents it
    return line.replace(" ;", " '';").replace(" #", " ''#")


def _section(title: str, values: Mapping[str, object]) -> str:
    # % begins an expansion in supervisord's configuration
    lines = [f"{key} = {value}".replace("%", "%%") for key, value in values.items()]
    return "\n".join([f"[{title}]", *lines, ""])


class Supervisor:
    """A supervisord of ours, and the XML-RPC on its socket."""

    def __init__(self, home: Home, programs: Iterable[Program] = ()) -> None:
        self._home = home
        self._programs = list(programs)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """supervisord's own log."""
        return self._home.logs / "supervisord.log"

    def start(self, environ: Mapping[str, str]) -> None:
        """Start supervisord with every program stopped; `Refused` if it does not answer."""
        path = self._home.run / "supervisord.conf"
        write_private(path, configuration(self._home, self._programs))
        socket_path(self._home).unlink(missing_ok=True)
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(path)]
        with (self._home.logs / "supervisord.out").open("wb") as output:
            self._process = subprocess.Popen(
                bound_to_parent(command, "TERM"),
                cwd=self._home.root,
                env=clean_environment(environ) | shared_environment(self._programs),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # a Ctrl-C of the terminal is for `fenzhen up`, which then ends things in order
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if not self.alive or time.monotonic() > deadline:
                raise Refused(texts.SUPERVISOR_FAILED.fill(log=self.log.with_suffix(".out")))
            time.sleep(POLL_SECONDS)

    @property
    def alive(self) -> bool:
        """Whether the supervisord started here still runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The pid of the supervisord started here."""
        return self._process.pid if self._process is not None else None

    def answers(self) -> bool:
        """Whether a supervisord answers on the socket."""
        try:
            self._call("getState")
        except (OSError, HTTPException):
            return False
        return True

    def start_stage(self, stage: Stage) -> None:
        """Start all programs of a stage at once, without waiting for them."""
        names = [program.name for program in self._programs if program.stage == stage]
        for name in names:
            try:
                self._call("startProcess", f"{stage}:{name}", False)
            except Fault as fault:
                if "ALREADY_STARTED" not in fault.faultString:
                    raise

    def running(self) -> list[Running]:
        """Every program with its state; OSError if no supervisord answers."""
        return [
            Running(
                name=item["name"],
                state=item["statename"],
                pid=item["pid"] or None,
                seconds=max(0, item["now"] - item["start"]) if item["pid"] else 0,
            )
            for item in self._call("getAllProcessInfo")
        ]

    def stop(self, seconds: float) -> bool:
        """End everything in order; whether that worked within `seconds`."""
        if self._process is None or not self.alive:
            return True
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return False
        return True

    def _call(self, method: str, *arguments: object) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{socket_path(self._home)}")
        with closing(transport):
            proxy = ServerProxy("http://localhost", transport=transport)
            return getattr(proxy.supervisor, method)(*arguments)


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without what only some programs may know."""
    kept = {
        name: value
        for name, value in environ.items()
        if name not in NOT_INHERITED and not name.startswith("FENZHEN_")
    }
    # the desk's own processes never reach each other through a proxy
    around = ",".join([kept.get("NO_PROXY", ""), kept.get("no_proxy", ""), "127.0.0.1,localhost"])
    no_proxy = ",".join(dict.fromkeys(part for part in around.split(",") if part))
    return kept | {"NO_PROXY": no_proxy, "no_proxy": no_proxy, "PYTHONUNBUFFERED": "1"}
