"""The commands of posts: search, label, classify, and what of them people must look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from langnghe.cli.session import Session, Since, Until
from langnghe.core.clock import LOCAL_ZONE, SystemClock
from langnghe.core.errors import LangNgheError
from langnghe.core.models import Channel, Sentiment


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help='Ví dụ: "miến dong" AND NOT quảng cáo')] = "",
    topic: Annotated[list[str] | None, typer.Option(help="Mã chủ đề.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="Mã địa bàn.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Tên nguồn tin.")] = None,
    channel: Annotated[list[Channel] | None, typer.Option(help="Kênh.")] = None,
    sentiment: Annotated[list[Sentiment] | None, typer.Option(help="Khuynh hướng.")] = None,
    since: Since = None,
    until: Until = None,
    all_words: Annotated[
        bool, typer.Option(help="Chỉ cần có đủ các từ, không cần liền nhau.")
    ] = False,
    relevance: Annotated[bool, typer.Option(help="Khớp nhất trước, thay vì mới nhất.")] = False,
    size: Annotated[int, typer.Option(min=1, max=200, help="Số bài mỗi trang.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="Trang sau: giá trị «next».")] = None,
) -> None:
    """Tìm bài đăng đã lưu; có dấu hay không dấu đều được."""
    from langnghe.store.posts.interface import (
        HIGHLIGHT_END,
        HIGHLIGHT_START,
        Filters,
        Match,
        Order,
        Query,
        QueryError,
    )

    session: Session = context.obj
    filters = Filters(
        topics=tuple(topic or ()),
        places=tuple(place or ()),
        sources=tuple(source or ()),
        channels=tuple(channel or ()),
        sentiments=tuple(sentiment or ()),
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    query = Query(
        text=text,
        filters=filters,
        match=Match.ALL_WORDS if all_words else Match.PHRASE,
        order=Order.RELEVANCE if relevance else Order.NEWEST,
        size=size,
        cursor=cursor,
    )
    with session.stores() as stores:
        try:
            page = stores.posts.search(query)
        except QueryError as error:
            raise LangNgheError(str(error)) from None

    def show() -> None:
        session.out.print(f"{page.total} bài")
        for hit in page.hits:
            post = hit.stored.post
            session.out.rule(style="dim")
            session.out.print(Text(f"{_when(post.published_at)}  {post.source}  {post.url}", "dim"))
            body = Text(hit.excerpt.replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_END, ""))
            for start, end in _highlights(hit.excerpt, HIGHLIGHT_START, HIGHLIGHT_END):
                body.stylize("bold", start, end)
            session.out.print(body)
        if page.next:
            session.out.print(Text(f"Trang sau: --cursor {page.next}", "dim"))

    hits = [
        {
            "id": hit.stored.post.id,
            "source": hit.stored.post.source,
            "url": hit.stored.post.url,
            "published_at": hit.stored.post.published_at,
            "title": hit.stored.post.title,
            "text": hit.stored.post.text,
            "topics": hit.stored.post.topics,
            "places": hit.stored.post.places,
            "sentiment": hit.stored.labels.sentiment if hit.stored.labels else None,
            "cluster": hit.stored.cluster_id,
        }
        for hit in page.hits
    ]
    session.result({"total": page.total, "hits": hits, "next": page.next}, show)


def _when(moment: datetime | None) -> str:
    return moment.astimezone(LOCAL_ZONE).strftime("%H:%M %d/%m/%Y") if moment else "chưa có"


def _highlights(text: str, start: str, end: str) -> Iterator[tuple[int, int]]:
    """The highlighted spans of `text`, by position in it without the marks."""
    position, opened = 0, 0
    for character in text:
        if character == start:
            opened = position
        elif character == end:
            yield opened, position
        else:
            position += 1


def label(
    context: typer.Context,
    slice_: Annotated[
        str, typer.Option("--slice", help="Phần i/n của danh sách, khi nhiều máy cùng gán nhãn.")
    ] = "0/1",
) -> None:
    """Gán nhãn những bài mà mô hình hiện tại chưa gán; đối chiếu với thông tin đã kiểm chứng."""
    from langnghe.casework.checked import checked_claims
    from langnghe.classifier.opening import open_model
    from langnghe.classifier.register import register_at
    from langnghe.classifier.work import label_all
    from langnghe.store.cases import Cases

    session: Session = context.obj
    part = _slice(slice_)
    home = session.home.require()
    with session.casework() as casebase:
        register = register_at(home.register, checked_claims(Cases(casebase)))
    model = open_model(home.model)
    with session.stores() as stores, session.progress("Đang gán nhãn") as progress:
        report = label_all(
            stores.posts,
            model.classifier,
            batch=home.settings.label.batch,
            part=part,
            matcher=model.matcher(register),
            progress=progress,
        )

    def show() -> None:
        session.out.print(f"Đã gán nhãn {report.labelled} bài (mô hình {report.model}).")
        if report.matched:
            session.out.print(f"Đã đối chiếu lại {report.matched} bài với danh mục thông tin.")

    data = {"labelled": report.labelled, "matched": report.matched, "model": report.model}
    session.result(data, show)


def _slice(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or int(found[1]) >= int(found[2]):
        raise typer.BadParameter(
            f"{text!r}: viết i/n với 0 ≤ i < n, ví dụ 0/2 và 1/2", param_hint="--slice"
        )
    return int(found[1]), int(found[2])


def classify(
    context: typer.Context,
    source: Annotated[
        Path, typer.Option("--input", help='Mỗi dòng một {"text": …, "title": …}; - là đầu vào.')
    ],
    target: Annotated[Path, typer.Option("--output", help="Tệp kết quả; - là đầu ra.")],
    claims: Annotated[
        Path | None,
        typer.Option(help='Thông tin đã kiểm chứng: {"id", "text", "verdict", "evidence"}.'),
    ] = None,
) -> None:
    """Phân loại các văn bản trong một tệp, cùng thứ tự dòng. Không lưu gì vào dữ liệu."""
    from langnghe.classifier.classify import classify_file
    from langnghe.classifier.opening import open_model
    from langnghe.classifier.register import read_register
    from langnghe.crawler.report import PARTLY

    session: Session = context.obj
    register = read_register(claims) if claims else None
    model = open_model(session.home.model)
    matcher = model.matcher(register) if register else None
    with session.progress("Đang phân loại") as progress:
        report = classify_file(model.classifier, source, target, matcher, progress=progress)

    def show() -> None:
        for line in report.bad_lines:
            session.err.print(Text(str(line), "red"), soft_wrap=True)
        if report.bad > len(report.bad_lines):
            session.err.print(f"… và {report.bad - len(report.bad_lines)} dòng hỏng khác.")
        session.err.print(
            f"Đã phân loại {report.lines - report.bad} văn bản (mô hình {report.model})"
            + (f"; {report.bad} dòng không dùng được." if report.bad else ".")
        )

    if str(target) == "-":
        # Standard output holds the results; what is said of them goes beside it.
        show()
    else:
        session.result(report.as_json(), show)
    if report.bad:
        raise typer.Exit(PARTLY)


def intake(context: typer.Context) -> None:
    """Đưa bài cần người xem vào hàng chờ xét duyệt, theo nhãn đã gán."""
    from langnghe.classifier.opening import open_model
    from langnghe.scheduler.intake import take_in
    from langnghe.store.cases import Cases

    session: Session = context.obj
    model = open_model(session.home.require().model)
    with session.casework() as database, session.stores() as stores:
        report = take_in(stores.posts, Cases(database), model, SystemClock())
    session.result(
        {"opened": report.opened, "changed": report.changed, "withdrawn": report.withdrawn},
        lambda: session.out.print(
            f"Hàng chờ xét duyệt: thêm {report.opened} mục, cập nhật {report.changed}, "
            f"rút {report.withdrawn}."
        ),
    )
