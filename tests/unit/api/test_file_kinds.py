"""What a file is, and what it may be called."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.attachments.kinds import EXTENSIONS, INLINE, fitting_name, type_of
from api.attachments.names import LONGEST, clean_name
from api.attachments.storage import FileStore
from api.errors import EmptyFile, FileNotAllowed
from tests.support import files

SLIDES = bytes.fromhex("1f00ff0314000000 020000040c000000") + b"\x07\0\0\0"
"""What stands before the word that says whether slides have macros."""
TAKEN = {
    "png": (files.PNG, "image/png"),
    "jpeg": (files.JPEG, "image/jpeg"),
    "gif": (files.GIF, "image/gif"),
    "webp": (files.WEBP, "image/webp"),
    "pdf": (files.PDF, "application/pdf"),
    "docx": (
        files.office("word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "xlsx": (
        files.office("xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "doc": (files.old_office(), "application/msword"),
    "doc about macros": (
        files.old_office(text="关" * 64 + "Macros\0 VBA\0 _VBA_PROJECT\0"),
        "application/msword",
    ),
    "slides without macros": (files.old_office(body=SLIDES + bytes(4)), "application/msword"),
    "text": ("订单没有收到。\n请查一下 <订单> 1 < 2".encode(), "text/plain"),
    "GBK text": ("订单没有收到".encode("gbk"), "text/plain"),
    "mp4": (files.MP4, "video/mp4"),
    "mp3": (files.MP3, "audio/mpeg"),
    "amr": (files.AMR, "audio/amr"),
}
REFUSED = {
    "windows program": files.EXE,
    "linux program": files.ELF,
    "page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "page after blanks": b"\n\n   <html>",
    "page after a mark": "\ufeff<html>".encode(),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg with a header": b'<?xml version="1.0"?><svg/>',
    "shell script": b"#!/bin/sh\nrm -rf /\n",
    "batch file": b"@echo off\r\ndel x\r\n",
    "php": b"hello <?php system('id'); ?>",
    "script in text": b"hello <script>alert(1)</script>",
    "archive": files.office("a.txt"),
    "macros": files.office("word/document.xml", "word/vbaProject.bin"),
    "macros of Excel 4": files.office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"),
    "macros of an old doc": files.old_office("Macros"),
    "macros of an old xls": files.old_office("_VBA_PROJECT_CUR"),
    "macros by another case": files.old_office("mACROS"),
    "macros deep in an old document": files.old_office("Data", "Objects", "VBA"),
    "slides with macros": files.old_office(body=SLIDES + b"\x01\0\0\0"),
    "noise": bytes(range(256)),
    "text with NUL": b"hello\x00world",
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_the_desk_takes_is_known_by_its_content(name: str) -> None:
    content, media_type = TAKEN[name]
    assert type_of(content) == media_type


@pytest.mark.parametrize("name", REFUSED)
def test_programs_pages_scripts_and_unknown_things_are_refused(name: str) -> None:
    with pytest.raises(FileNotAllowed):
        type_of(REFUSED[name])


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(EmptyFile):
        type_of(b"")


@given(st.binary(min_size=1, max_size=300))
def test_whatever_comes_is_of_an_allowed_type_or_refused(content: bytes) -> None:
    try:
        assert type_of(content) in EXTENSIONS
    except FileNotAllowed:
        assert content


def test_a_name_must_say_what_the_content_is() -> None:
    assert fitting_name("发票.PNG", "image/png") == "发票.PNG"
    assert fitting_name("截图", "image/png") == "截图.png"
    for name in ("a.exe", "a.png.exe", "a.pdf", "a.html", "a.svg"):
        with pytest.raises(FileNotAllowed) as refused:
            fitting_name(name, "image/png")
        assert refused.value.details["reason"] == "extension"


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\我\\发票.pdf", "发票.pdf"),
        ("a\x00b\r\nc.png", "abc.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("<script>.png", "<script>.png"),
        ("发票  2026.pdf. ", "发票 2026.pdf"),
    ],
)
def test_a_name_loses_folders_and_what_misleads(given_name: str, shown: str) -> None:
    assert clean_name(given_name) == shown


def test_a_long_name_keeps_its_extension() -> None:
    assert clean_name("长" * 300 + ".pdf") == "长" * (LONGEST - 4) + ".pdf"


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_can_be_saved(name: str) -> None:
    shown = clean_name(name)
    assert 0 < len(shown) <= LONGEST
    assert not set(shown) & set("/\\\0\r\n")
    assert clean_name(shown) == shown


def test_what_browsers_show_in_place_holds_no_script() -> None:
    assert {each.partition("/")[0] for each in INLINE} == {"image"}
    assert "image/svg+xml" not in EXTENSIONS


def test_a_file_is_kept_once_for_its_owner_alone(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    first, second = store.save(files.PNG), store.save(files.PNG)
    path = store.path(first)
    assert first == second
    assert path.read_bytes() == files.PNG
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in path.parent.iterdir()] == [first]
