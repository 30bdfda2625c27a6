"""A post on a page: text, shown as text.

Whatever a post holds (markup, addresses, control characters) is escaped: nothing in it is live.
The one link is to the public page that the post stands on, and that address comes from the
crawler, not from the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from langnghe.casework.deadlines import FormalChannel
from langnghe.core.models import CheckedClaim, Labels, PostKind
from langnghe.core.vietnamese import CHANNELS, INTENTS, NO_LABEL, SENTIMENTS, number
from langnghe.dashboard.components.labels import formal_html, reading_html, reasons_html
from langnghe.dashboard.formats import KINDS, published
from langnghe.store.posts.interface import HIGHLIGHT_END, HIGHLIGHT_START, Hit

LONGEST_SHOWN = 6_000
"""Characters of a text that a page shows: more would only make it slow on a poor network."""


def post_html(
    hit: Hit,
    *,
    topics: Mapping[str, str],
    places: Mapping[str, str],
    sources: Mapping[str, str],
    claims: Mapping[str, CheckedClaim],
    channel: FormalChannel,
) -> str:
    """The card of one hit.

    Args:
        hit: the post, with its labels if it has any.
        topics: titles by id; `places` and `sources` likewise.
        places: see `topics`.
        sources: see `topics`.
        claims: the register of checked claims, by id.
        channel: the formal channel, shown on what may be a denunciation.
    """
    post, labels = hit.stored.post, hit.stored.labels
    why, reading = "", ""
    if labels:
        why = reasons_html(labels, claims) + formal_html(labels, channel)
        reading = reading_html(labels, claims)
    where = escape(sources.get(post.source, post.source))
    head = " · ".join(
        (
            escape(KINDS[post.kind]),
            where,
            escape(CHANNELS[post.channel]),
            escape(published(post.published_at, post.precision)),
        )
    )
    title = ""
    if post.title:
        lead = "Dưới bài: " if post.kind is PostKind.REPLY else ""
        title = f'<h3 class="ln-title">{lead}{_marked(hit.title)}</h3>'
    return (
        f'<article class="ln-post"><p class="ln-head">{head}</p>{title}'
        f'<p class="ln-text">{_marked(hit.excerpt)}</p>{_whole(hit)}'
        f'{why}<p class="ln-foot">{_chips(hit, topics, places)}</p>{reading}</article>'
    )


def _marked(text: str) -> str:
    return (
        escape(text)
        .replace(HIGHLIGHT_START, "<mark>")
        .replace(HIGHLIGHT_END, "</mark>")
        .replace("\n", "<br>")
    )


def _plain(text: str) -> str:
    return text.replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_END, "")


def _whole(hit: Hit) -> str:
    text = hit.stored.post.text
    if len(text) <= len(_plain(hit.excerpt)):
        return ""
    shown = text[:LONGEST_SHOWN]
    rest = len(text) - len(shown)
    more = f"<p><em>… còn {number(rest)} ký tự, xem ở trang gốc.</em></p>" if rest else ""
    body = escape(shown).replace("\n", "<br>")
    return f'<details class="ln-whole"><summary>Xem toàn bài</summary><p>{body}</p>{more}</details>'


def _chips(hit: Hit, topics: Mapping[str, str], places: Mapping[str, str]) -> str:
    post = hit.stored.post
    chips = list(_label_chips(hit.stored.labels))
    chips += [
        f'<span class="ln-chip">{escape(topics.get(topic, topic))}</span>' for topic in post.topics
    ]
    chips += [
        f'<span class="ln-chip ln-place">{escape(places.get(place, place))}</span>'
        for place in post.places
    ]
    if hit.stored.cluster_size > 1:
        size = number(hit.stored.cluster_size)
        chips.append(f'<span class="ln-chip ln-cluster">{size} bài cùng nội dung</span>')
    if post.url.startswith(("http://", "https://")):
        chips.append(
            f'<a class="ln-link" href="{escape(post.url, quote=True)}" target="_blank" '
            'rel="noopener noreferrer nofollow">Mở trang gốc</a>'
        )
    return " ".join(chips)


def _label_chips(labels: Labels | None) -> Iterator[str]:
    sentiment = labels.sentiment if labels else None
    words = SENTIMENTS[sentiment] if sentiment else NO_LABEL
    yield f'<span class="ln-chip ln-{sentiment or "none"}">{words}</span>'
    if labels is not None and labels.intent is not None:
        yield f'<span class="ln-chip ln-intent">{INTENTS[labels.intent]}</span>'
