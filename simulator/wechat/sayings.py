"""What a customer can send, and how each server writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from simulator.wechat.markup import Fields
from simulator.wechat.world import Account, Phone

MEDIA = frozenset({"image", "voice", "video", "shortvideo", "file"})


@dataclass(frozen=True)
class Said:
    """A message or event of a customer."""

    kind: str
    """text, image, voice, video, shortvideo, file, location, link, event, or anything new."""
    text: str = ""
    menu_id: str = ""
    media_id: str = ""
    recognition: str | None = None
    """Words of a voice message: None is not sent at all, empty is sent empty."""
    latitude: str = "23.137466"
    longitude: str = "113.352425"
    label: str = ""
    title: str = ""
    url: str = ""
    event: str = ""
    event_key: str | None = None
    more: Fields | None = None

    @property
    def shown(self) -> str:
        """How it stands on the customer's own phone."""
        return self.text or self.label or self.title or self.event


def official_fields(
    account: Account, phone: Phone, said: Said, at: datetime, number: int | None
) -> Fields:
    """The callback of an official account; `number` is its MsgId, None for events."""
    fields: dict[str, str | int | Fields] = {
        "ToUserName": account.user_name,
        "FromUserName": phone.id,
        "CreateTime": int(at.timestamp()),
        "MsgType": said.kind,
        **_content(said),
    }
    if number is not None:
        fields["MsgId"] = number
    return fields


def _content(said: Said) -> dict[str, str | int | Fields]:
    """What belongs to its kind."""
    more = dict(said.more or {})
    match said.kind:
        case "text":
            tapped: dict[str, str | int | Fields] = (
                {"bizmsgmenuid": said.menu_id} if said.menu_id else {}
            )
            return {"Content": said.text, **tapped, **more}
        case "image":
            return {"PicUrl": said.url, "MediaId": said.media_id, **more}
        case "voice":
            words: dict[str, str | int | Fields] = (
                {} if said.recognition is None else {"Recognition": said.recognition}
            )
            return {"MediaId": said.media_id, "Format": "amr", **words, **more}
        case "video" | "shortvideo":
            return {"MediaId": said.media_id, "ThumbMediaId": said.media_id, **more}
        case "location":
            place = {"Location_X": said.latitude, "Location_Y": said.longitude, "Scale": "15"}
            return {**place, "Label": said.label, **more}
        case "link":
            return {"Title": said.title, "Description": said.text, "Url": said.url, **more}
        case "event":
            key: dict[str, str | int | Fields] = (
                {} if said.event_key is None else {"EventKey": said.event_key}
            )
            return {"Event": said.event, **key, **more}
        case _:
            return more


def kf_item(account: Account, phone: Phone, said: Said) -> dict[str, object]:
    """The message as `sync_msg` gives it, without id and time."""
    part: dict[str, object]
    match said.kind:
        case "text":
            part = {"content": said.text, **({"menu_id": said.menu_id} if said.menu_id else {})}
        case "location":
            part = {
                "latitude": float(said.latitude),
                "longitude": float(said.longitude),
                "name": said.label,
                "address": said.label,
            }
        case "link":
            part = {"title": said.title, "desc": said.text, "url": said.url, "pic_url": ""}
        case kind if kind in MEDIA:
            part = {"media_id": said.media_id}
        case _:
            part = {}
    return {
        "open_kfid": account.open_kfid,
        "external_userid": phone.id,
        "origin": 3,
        "msgtype": said.kind,
        said.kind: part,
    }
