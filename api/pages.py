"""The built pages: demo shop at `/`, widget, console. Built by `make web` into web/dist."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from api.errors import NotFound
from api.settings import REPOSITORY

DIST = REPOSITORY / "web" / "dist"

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def install(app: FastAPI, dist: Path = DIST) -> None:
    """Serve the pages in `dist`; without a build the addresses answer 404."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def demo() -> FileResponse:
        return _page(dist / "demo" / "index.html")

    @router.get("/console")
    async def console_root() -> RedirectResponse:
        return RedirectResponse("/console/")

    @router.get("/console/{path:path}")
    async def console(path: str) -> FileResponse:
        """A built file, or the console's page for every address inside it."""
        root = (dist / "console").resolve()
        try:
            wanted = (root / path).resolve()
            if wanted.is_relative_to(root) and wanted.is_file():
                return _page(wanted)
        except (OSError, ValueError):  # a name no file system can hold
            raise NotFound from None
        return _page(root / "index.html")

    app.include_router(router)
    for name in ("widget", "demo"):
        if not (dist / name).is_dir():
            continue
        app.mount(f"/{name}", StaticFiles(directory=dist / name, check_dir=False), name=name)


def _page(path: Path) -> FileResponse:
    if not path.is_file():
        raise NotFound
    return FileResponse(path, headers=_HEADERS)
