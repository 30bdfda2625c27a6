"""A server that shows previews of channels as `t.me` does.

There is no contract to answer from; the markup is that of Telegram's widget in 2026, with
invented words, as several public readers of it have it in their tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.crawler.platforms import Writer
from tests.crawler.serving import Reply, Seen, Server

PER_PAGE = 20


@dataclass
class Message:
    """One message of a channel; without `text` it is a picture alone."""

    number: int
    text: str
    at: datetime
    answers: int | None = None
    service: bool = False
    writer: Writer = field(default_factory=Writer)


def messages(count: int, writer: Writer | None = None) -> list[Message]:
    """Messages about miến dong, an hour apart, the last of them an hour old."""
    now = datetime.now(UTC)
    return [
        Message(
            number,
            f"Xã thông báo: phiên chợ miến dong thứ {number} họp vào sáng thứ bảy.",
            now - timedelta(hours=count - number + 1),
            writer=writer or Writer(),
        )
        for number in range(1, count + 1)
    ]


class Telegram(Server):
    """Channels by name. Any other name leads away from its preview."""

    def __init__(self, channels: dict[str, list[Message]]) -> None:
        super().__init__()
        self.channels = channels
        self.fallback = self.answer
        self.validators = False

    def answer(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.path)
        name = parts.path.removeprefix("/s/")
        if parts.path == "/robots.txt":
            return Reply("User-agent: *\nDisallow: /joinchat/\n", type="text/plain")
        if parts.path.startswith("/s/") and name in self.channels:
            before = parse_qs(parts.query).get("before", [""])[0]
            return Reply(self.preview(name, int(before) if before else None))
        if parts.path.startswith("/s/"):
            return Reply(status=302, headers={"Location": f"/{name}"})
        return Reply(_NO_PREVIEW.format(name=escape(name)))

    def preview(self, name: str, before: int | None = None) -> str:
        """A page of a channel."""
        older = [one for one in self.channels[name] if before is None or one.number < before]
        shown = older[-PER_PAGE:]
        more = ""
        if len(older) > len(shown):
            oldest = shown[0].number
            more = (
                '<div class="tgme_widget_message_centered js-messages_more_wrap"><a '
                f'href="/s/{name}?before={oldest}" class="tme_messages_more js-messages_more" '
                f'data-before="{oldest}"></a></div>'
            )
        body = "".join(message_markup(name, one) for one in shown)
        return (
            f"<!DOCTYPE html><html><head><title>Tin {name} – Telegram</title></head><body>"
            '<main class="tgme_main"><section class="tgme_channel_history js-message_history">'
            f"{more}{body}</section></main></body></html>"
        )


def message_markup(channel: str, one: Message) -> str:
    """A message as the preview prints it, with who signed it and whom it was passed on from."""
    writer = one.writer
    kind = " service_message" if one.service else ""
    passed_on = (
        '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from '
        f'<a class="tgme_widget_message_forwarded_from_name" href="{writer.profile}">'
        f'<span dir="auto">{escape(writer.name)}</span></a> '
        '(<span class="tgme_widget_message_forwarded_from_author">'
        f"{escape(writer.name)}</span>)</div>"
    )
    answered = ""
    if one.answers is not None:
        answered = (
            f'<a class="tgme_widget_message_reply user-color-5" '
            f'href="https://t.me/{channel}/{one.answers}">'
            '<div class="tgme_widget_message_author accent_color">'
            f'<span class="tgme_widget_message_author_name">{escape(writer.name)}</span></div>'
            '<div class="tgme_widget_message_text js-message_reply_text">Lời trước miến dong</div>'
            "</a>"
        )
    photo = f'<a class="tgme_widget_message_photo_wrap" style="url(\'{writer.avatar}\')"></a>'
    text = one.text and (
        '<div class="tgme_widget_message_text js-message_text" dir="auto">'
        f'<a href="https://t.me/{writer.handle}" target="_blank">@{writer.handle}</a> '
        f'{one.text}<br/><a href="?q=%23binhlu">#binhlu</a></div>'
    )
    at = one.at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message text_not_supported_wrap js-widget_message{kind}" '
        f'data-post="{channel}/{one.number}" data-view="{writer.id}">'
        f'<div class="tgme_widget_message_user"><a href="https://t.me/{channel}"><i '
        f'class="tgme_widget_message_user_photo"><img src="{writer.avatar}"></i></a></div>'
        '<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author '
        'accent_color"><a class="tgme_widget_message_owner_name" '
        f'href="https://t.me/{channel}"><span dir="auto">Xã Bình Lư</span></a></div>'
        f"{passed_on}{answered}{photo}{text}"
        '<div class="tgme_widget_message_footer compact js-message_footer"><div '
        'class="tgme_widget_message_info short js-message_info">'
        '<span class="tgme_widget_message_views">1.2K</span>'
        '<span class="tgme_widget_message_meta">'
        f'<span class="tgme_widget_message_from_author" dir="auto">{escape(writer.name)}</span>, '
        f'<a class="tgme_widget_message_date" href="https://t.me/{channel}/{one.number}">'
        f'<time datetime="{at}" class="time">08:00</time></a></span></div></div>'
        "</div></div></div>"
    )


_NO_PREVIEW = (
    "<!DOCTYPE html><html><head><title>Telegram: Contact @{name}</title></head><body>"
    '<div class="tgme_page"><div class="tgme_page_title"><span>{name}</span></div>'
    '<a class="tgme_action_button_new" href="tg://resolve?domain={name}">View</a></div>'
    "</body></html>"
)


def telegram_source(server: Telegram, *names: str, **more: Any) -> dict[str, Any]:
    """Its entry in sources.yaml."""
    return {
        "name": "telegram",
        "title": "x",
        "channel": "telegram",
        "channels": [f"{server.url}/s/{name}" for name in names],
        "allow_private_network": True,
        **more,
    }
