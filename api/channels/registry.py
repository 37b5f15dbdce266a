"""Which implementation serves which kind of account. A new channel is entered here."""

from __future__ import annotations

from collections.abc import Mapping

from api.attachments.storage import FileStore
from api.channels.interface import Channel
from api.channels.wechat.client import WechatCalls
from api.channels.wechat.files import Files
from api.channels.wechat.kf import Kf
from api.channels.wechat.official import Official
from api.settings import Settings

Channels = Mapping[str, Channel]
"""By `ChannelAccount.kind`."""


def channels_of(settings: Settings, wechat: WechatCalls) -> Channels:
    """The channels of a process."""
    files = Files(wechat, FileStore(settings.files))
    return {"official": Official(wechat, files), "kf": Kf(wechat, files)}
