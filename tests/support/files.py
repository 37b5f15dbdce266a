"""Small files of many kinds, made here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def _png() -> bytes:
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff\xff\xff")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data) for kind, data in ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    )


def office(*names: str) -> bytes:
    """A packed document with these parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as document:
        if not names[0].endswith(".txt"):
            document.writestr("[Content_Types].xml", "<Types/>")
        for name in names:
            document.writestr(name, "<part/>" * 20)
    return packed.getvalue()


def old_office(*storages: str, text: str = "", body: bytes = b"") -> bytes:
    """A Word document of the older kind: a header, a directory with these storages, its text."""
    sector = b"\xec\xa5\xc1\x00".ljust(512, b"\0")
    directory = b"".join(_entry(name) for name in ("Root Entry", "WordDocument", *storages))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    return header + sector + directory + text.encode("utf-16-le") + body


def _entry(name: str) -> bytes:
    encoded = f"{name}\0".encode("utf-16-le")
    return encoded.ljust(64, b"\0") + struct.pack("<HB", len(encoded), 1) + bytes(61)


PNG = _png()
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(40) + b"\xff\xd9"
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(24)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
MP4 = struct.pack(">I", 24) + b"ftypisom" + bytes(4) + b"isommp42" + bytes(40)
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(60)
AMR = b"#!AMR\n" + bytes(60)
EXE = b"MZ\x90\x00" + bytes(200)
ELF = b"\x7fELF\x02\x01\x01" + bytes(100)
