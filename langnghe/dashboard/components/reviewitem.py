"""One review item as its reviewer sees it: why it is here, who works on it, what stands around.

Nothing that people wrote is live: all of it is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Final

from langnghe.casework.petitionrecords import is_petition_code
from langnghe.casework.review import Decision, FollowUp, ReviewItem
from langnghe.casework.roles import Actor
from langnghe.classifier.reasons import is_kept_apart
from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.models import Reason
from langnghe.core.vietnamese import moment, number
from langnghe.dashboard.formats import DISMISSALS, FOLLOW_UPS, ago, published
from langnghe.store.posts.interface import Filters, PostStore, Query, StoredPost

WHY: Final[Mapping[Reason, str]] = {
    Reason.URGENT: "Bài có thể nói về nguy hiểm đến tính mạng đang xảy ra.",
    Reason.SCAM_WARNING: "Bài có dấu hiệu lừa đảo, nêu ở dưới.",
    Reason.REPEATS_CHECKED_CLAIM: (
        "Bài có thể khẳng định lại điều đã có kết luận là sai hoặc chỉ đúng một phần."
    ),
    Reason.UNVERIFIED_CLAIM: (
        "Nhiều bài cùng nêu một điều kiểm chứng được mà chưa ai kiểm chứng. "
        "Đây là lời đề nghị tìm hiểu, không phải kết luận."
    ),
    Reason.NEEDS_ANSWER: "Bài có thể là câu hỏi, phàn nàn hoặc đề xuất cần cơ quan trả lời.",
}

MOST_AROUND: Final = 4
"""Posts of the thread, and like posts, that stand below the item."""
LONGEST_AROUND: Final = 220
"""Characters of each of them; the search page has them whole."""


def facts_html(
    item: ReviewItem, place: str, people: Mapping[str, str], viewer: Actor, now: datetime
) -> str:
    """Why it is here, since when, where it stands in the list, who has it and until when.

    Args:
        item: the item.
        place: in the list, in words; "" if unknown.
        people: names by account.
        viewer: who looks.
        now: aware.
    """
    chips = [f"Mở {ago(item.opened_at, now)}"]
    if place:
        chips.append(place)
    holder = item.holder(now)
    if holder and item.locked_until:
        who = "Bạn" if holder == viewer.account else people.get(holder, holder)
        until = item.locked_until.astimezone(LOCAL_ZONE)
        chips.append(f"{who} đang xử lý đến {until:%H:%M}")
    if item.assigned_to:
        mine = item.assigned_to == viewer.account
        chips.append(
            f"Giao cho {'bạn' if mine else people.get(item.assigned_to, item.assigned_to)}"
        )
    shown = " ".join(f'<span class="ln-chip">{escape(chip)}</span>' for chip in chips)
    return f'<p class="ln-says">{WHY[item.reason]}</p><p class="ln-foot">{shown}</p>'


def decision_html(decision: Decision, people: Mapping[str, str]) -> str:
    """What was decided, by whom, and the case that came of it."""
    who = escape(people.get(decision.by, decision.by))
    if decision.dismissal is not None:
        what = f"bỏ qua: <b>{escape(DISMISSALS[decision.dismissal])}</b>"
    else:
        follow_up = decision.follow_up or FollowUp.ACKNOWLEDGE
        what = f"xác nhận: <b>{escape(FOLLOW_UPS[follow_up])}</b>"
    link = ""
    if decision.target:
        page = "phan-anh" if is_petition_code(decision.target) else "thong-tin"
        target = escape(decision.target, quote=True)
        link = f' <a href="/{page}?ma={target}" target="_self">Mở hồ sơ {target}</a>'
    note = f"<br>Ghi chú: {escape(decision.note)}" if decision.note else ""
    return f'<p class="ln-case">{who} đã {what} lúc {moment(decision.at)}.{link}{note}</p>'


def around_html(store: PostStore, stored: StoredPost) -> str:
    """What stands around a post: what it answers, its thread, and like posts; "" if nothing.

    Posts that are kept apart are left out: they are not handled as some among others.
    """
    post = stored.post
    before = store.get([post.parent_id]) if post.parent_id else []
    query = Query(filters=Filters(thread=post.thread_id), size=MOST_AROUND + 2)
    page = store.search(query)
    known = {post.id, *(one.post.id for one in before)}
    thread = [hit.stored for hit in page.hits if hit.stored.post.id not in known]
    thread.sort(key=lambda one: one.post.published_at)
    like = [hit.stored for hit in store.similar(post.id, MOST_AROUND + 2)]
    others = page.total - len(known)
    parts = (
        _group("Bài mà bài này trả lời", before, len(before)),
        _group("Bài khác trong cùng chủ đề thảo luận", thread, others),
        _group("Bài tương tự", like, 0),
    )
    body = "".join(parts)
    return f'<div class="ln-around">{body}</div>' if body else ""


def _group(title: str, posts: Sequence[StoredPost], total: int) -> str:
    shown = [one for one in posts if one.labels is None or not is_kept_apart(one.labels.marks)][
        :MOST_AROUND
    ]
    if not shown:
        return ""
    count = f" ({number(total)} bài)" if total > len(shown) else ""
    rows = "".join(f"<li>{_line(one)}</li>" for one in shown)
    return f'<section><h3>{title}{count}</h3><ul class="ln-list">{rows}</ul></section>'


def _line(stored: StoredPost) -> str:
    post = stored.post
    text = " ".join(post.text.split())
    cut = "…" if len(text) > LONGEST_AROUND else ""
    when = escape(published(post.published_at, post.precision))
    return f'<span class="ln-head">{when}</span><br>{escape(text[:LONGEST_AROUND])}{cut}'
