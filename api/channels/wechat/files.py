"""Files of agents on their way to WeChat: sent up first, then named by their media id."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

from api.attachments.storage import FileStore
from api.channels.interface import AccountKeys, File, NotDelivered, Part
from api.channels.wechat.client import WechatCalls
from api.channels.wechat.transport import Upload
from api.models.base import JsonObject

UploadKind = Literal["image", "video", "file"]
_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif"})
_VIDEOS = frozenset({"video/mp4"})


class Files:
    """Sends up what lies in the desk's folder of files."""

    def __init__(self, calls: WechatCalls, store: FileStore) -> None:
        self._calls = calls
        self._store = store

    async def filled(
        self, account: AccountKeys, part: Part, kinds: Sequence[UploadKind]
    ) -> JsonObject:
        """The body of the call, with the media id of its file if it has one.

        Raises NotDelivered: `file` for a kind of file the channel does not take, or one that is
        gone.
        """
        if part.file is None:
            return part.body
        kind = kind_of(part.file)
        if kind not in kinds:
            raise NotDelivered("file")
        media_id = await self._calls.upload(account, kind, await self._read(part.file))
        return {"msgtype": kind, kind: {"media_id": media_id}}

    async def _read(self, file: File) -> Upload:
        try:
            content = await asyncio.to_thread(self._store.path(file.sha256).read_bytes)
        except FileNotFoundError:
            raise NotDelivered("file") from None
        return Upload(file.name, file.media_type, content)


def kind_of(file: File) -> UploadKind:
    """What WeChat calls such a file."""
    if file.media_type in _IMAGES:
        return "image"
    return "video" if file.media_type in _VIDEOS else "file"
