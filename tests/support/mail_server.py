"""A mail server as small as can be: takes what it is sent, refuses whom it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """What it has taken. Addresses in `unknown` are refused for good, those in `full` for now."""

    port: int = 0
    unknown: set[str] = field(default_factory=set)
    full: set[str] = field(default_factory=set)
    taken: list[EmailMessage] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """The commands it was given."""


class _Conversation(socketserver.StreamRequestHandler):
    kept: MailServer

    def handle(self) -> None:
        self._say("220 mail.test")
        while line := self.rfile.readline().decode().strip():
            word = line.split(maxsplit=1)[0].upper()
            if word == "QUIT":
                self._say("221 bye")
                return
            self._say(self._answer(word, line))

    def _answer(self, word: str, line: str) -> str:
        self.kept.words.append(word)
        if word == "RCPT":
            address = line.partition("<")[2].partition(">")[0]
            if address in self.kept.unknown:
                return "550 no such mailbox"
            return "452 mailbox full" if address in self.kept.full else "250 ok"
        if word == "DATA":
            self._say("354 go on")
            self.kept.taken.append(self._read())
        return "250 ok"

    def _read(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        parsed = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server that runs while the block does."""
    kept = MailServer()
    handler = type("Handler", (_Conversation,), {"kept": kept})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join(10)
