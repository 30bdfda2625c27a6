"""The command `langnghe`.

Each command reads its options, calls one function of the package, and prints what came of it:
for people in Vietnamese, with `--json` as one JSON object for machines. Exit codes: 0 done,
1 an error, 2 wrong options or configuration, 3 something has to be done first, 4 done in part
(a source failed, some rows were rejected; the output says which).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table
from rich.text import Text

from langnghe import (
    clialerts,
    clibriefing,
    clicasework,
    clicollect,
    clipublishing,
    clisources,
    clitrends,
)
from langnghe.core.clock import LOCAL_ZONE, SystemClock
from langnghe.core.errors import LangNgheError, NotReadyError
from langnghe.core.home import Home
from langnghe.core.models import Channel, Outcome, Sentiment
from langnghe.core.progress import Progress
from langnghe.core.settings import read_settings, shipped_configs

if TYPE_CHECKING:
    from langnghe.crawler.report import CrawlReport
    from langnghe.store.opening import Stores

app = typer.Typer(
    name="langnghe",
    help="Lắng Nghe: nghe ý kiến trên các kênh công khai, trả lời và đính chính có căn cứ.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
places_app = typer.Typer(help="Danh mục địa bàn.", no_args_is_help=True)
app.add_typer(places_app, name="places")
app.add_typer(clicasework.users_app, name="user")
app.add_typer(clicasework.audit_app, name="audit")
app.add_typer(clialerts.alerts_app, name="alerts")
app.add_typer(clisources.secrets_app, name="secrets")
app.add_typer(clisources.source_app, name="source")
app.command()(clicasework.intake)
app.command()(clibriefing.briefing)
app.command()(clibriefing.briefing_check)
app.command()(clibriefing.quick_report)
app.command()(clibriefing.minutes)
app.command()(clipublishing.publish)
app.command()(clitrends.trends)
app.command()(clicollect.collect)
app.command()(clicollect.arrivals)


@dataclass(frozen=True)
class Session:
    """What the options before the command say."""

    home: Home
    as_json: bool
    out: Console
    err: Console

    def result(self, data: Mapping[str, Any], show: Callable[[], None]) -> None:
        """Print the result: `data` with `--json`, else what `show` prints."""
        if self.as_json:
            sys.stdout.write(json.dumps(data, ensure_ascii=False, default=_jsonable) + "\n")
        else:
            show()

    @contextmanager
    def progress(self, label: str) -> Iterator[Progress]:
        """A progress bar on standard error; gives the function that moves it."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with ProgressBar(*columns, console=self.err, transient=True, disable=self.as_json) as bar:
            task = bar.add_task(label, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def _jsonable(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@app.callback()
def _options(
    context: typer.Context,
    home: Annotated[
        Path,
        typer.Option(envvar="LANGNGHE_HOME", help="Thư mục dữ liệu của dịch vụ.", metavar="DIR"),
    ] = Path("~/langnghe"),
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON cho máy.")] = False,
) -> None:
    context.obj = Session(
        Home(home.expanduser().resolve()), as_json, Console(highlight=False), Console(stderr=True)
    )


def _when(moment: datetime | None) -> str:
    return moment.astimezone(LOCAL_ZONE).strftime("%H:%M %d/%m/%Y") if moment else "chưa có"


@app.command()
def init(context: typer.Context) -> None:
    """Tạo thư mục dữ liệu: cấu hình, khóa, cơ sở dữ liệu. Không ghi đè tệp đã có."""
    from langnghe.scheduler.setup import init_home

    session: Session = context.obj
    made = init_home(session.home)

    def show() -> None:
        session.out.print(f"Thư mục dữ liệu: {session.home.root}")
        for path in made:
            session.out.print(f"  đã tạo {path}")
        session.out.print(
            f"Tiếp theo: thêm nguồn tin vào {session.home.configs / 'sources.yaml'}, "
            "rồi chạy `langnghe doctor` và `langnghe run`."
        )

    session.result({"home": session.home.root, "made": made}, show)


@app.command()
def crawl(
    context: typer.Context,
    source: Annotated[
        list[str] | None, typer.Option(help="Chỉ đọc nguồn này (lặp lại được).")
    ] = None,
    due: Annotated[bool, typer.Option(help="Chỉ đọc các nguồn đã đến hạn.")] = False,
) -> None:
    """Đọc các nguồn tin một lượt."""
    from langnghe.crawler.process import crawl as crawl_sources
    from langnghe.scheduler.progress import page_counter

    session: Session = context.obj
    home = session.home.require()
    sources = [entry for entry in home.sources if entry.enabled]
    if source:
        unknown = set(source) - {entry.name for entry in sources}
        if unknown:
            raise LangNgheError(
                f"Không có nguồn tin nào (đang bật) tên {', '.join(sorted(unknown))}. "
                f"Xem tên nguồn trong {home.configs / 'sources.yaml'}."
            )
        sources = [entry for entry in sources if entry.name in source]
    if not sources:
        raise LangNgheError(
            f"Chưa có nguồn tin nào đang bật. Hãy thêm vào {home.configs / 'sources.yaml'}; "
            "docs/sources.md có ví dụ cho từng kênh."
        )
    with session.progress("Đang đọc các nguồn tin") as progress:
        report = crawl_sources(
            home, sources, SystemClock(), only_due=due, progress=page_counter(progress)
        )
    session.result(report.as_json(), lambda: _show_crawl(session, report))
    raise typer.Exit(report.exit_code)


def _show_crawl(session: Session, report: CrawlReport) -> None:
    from langnghe.dashboard.problems import problem

    if not report.sources:
        session.out.print("Chưa nguồn tin nào đến hạn đọc.")
        return
    table = Table("Nguồn tin", *_OUTCOME_NAMES.values(), "Trang")
    for row in report.sources:
        table.add_row(
            row.source,
            *(str(row.outcomes.get(outcome, 0)) for outcome in _OUTCOME_NAMES),
            str(row.pages),
        )
    session.out.print(table)
    if report.deleted:
        session.out.print(f"Đã xóa {report.deleted} bài không còn ở nguồn.")
    for row in report.sources:
        for key, times in row.problems.items():
            trouble = problem(key)
            session.out.print(
                Text(f"{row.source}: {trouble.what} ({times} lần). {trouble.cure}"), soft_wrap=True
            )


_OUTCOME_NAMES: Mapping[Outcome, str] = {
    Outcome.STORED: "Mới",
    Outcome.UNCHANGED: "Không đổi",
    Outcome.DUPLICATE: "Trùng",
    Outcome.OFF_TOPIC: "Ngoài chủ đề",
    Outcome.REJECTED: "Không dùng được",
}


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Tệp CSV, XLSX hoặc JSONL.", exists=True)],
    source: Annotated[str, typer.Option(help="Tên nguồn (kênh file) trong sources.yaml.")],
) -> None:
    """Nhập một tệp xuất từ kênh khác, theo cách đọc cột của một nguồn kênh «file»."""
    from langnghe.core.settings import FileSource
    from langnghe.crawler.importing import import_file
    from langnghe.crawler.report import PARTLY

    session: Session = context.obj
    home = session.home.require()
    entry = next((entry for entry in home.sources if entry.name == source), None)
    if not isinstance(entry, FileSource):
        raise LangNgheError(
            f"{source!r} không phải nguồn kênh «file». Hãy thêm một nguồn như vậy vào "
            f"{home.configs / 'sources.yaml'}; docs/sources.md có ví dụ."
        )
    with session.progress("Đang nhập") as progress:
        report = import_file(home, entry, file, SystemClock(), progress=progress)
    rejected = report.outcomes.get(Outcome.REJECTED, 0)

    def show() -> None:
        for outcome, name in _OUTCOME_NAMES.items():
            session.out.print(f"{name}: {report.outcomes.get(outcome, 0)} bài")
        for row in report.bad_rows:
            session.err.print(Text(row), soft_wrap=True)

    session.result(report.as_json(), show)
    if rejected:
        raise typer.Exit(PARTLY)


@app.command()
def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help='Ví dụ: "miến dong" AND NOT quảng cáo')] = "",
    topic: Annotated[list[str] | None, typer.Option(help="Mã chủ đề.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="Mã địa bàn.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Tên nguồn tin.")] = None,
    channel: Annotated[list[Channel] | None, typer.Option(help="Kênh.")] = None,
    sentiment: Annotated[list[Sentiment] | None, typer.Option(help="Khuynh hướng.")] = None,
    since: clicasework.Since = None,
    until: clicasework.Until = None,
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
    with _stores(session) as stores:
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


@app.command()
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
    from langnghe.store.opening import open_casework

    session: Session = context.obj
    part = _slice(slice_)
    home = session.home.require()
    with open_casework(home) as casebase:
        register = register_at(home.register, checked_claims(Cases(casebase)))
    model = open_model(home.model)
    with _stores(session) as stores, session.progress("Đang gán nhãn") as progress:
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


@app.command()
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


def _slice(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or int(found[1]) >= int(found[2]):
        raise typer.BadParameter(
            f"{text!r}: viết i/n với 0 ≤ i < n, ví dụ 0/2 và 1/2", param_hint="--slice"
        )
    return int(found[1]), int(found[2])


@app.command()
def purge(context: typer.Context) -> None:
    """Xóa nội dung bài quá hạn lưu; số đếm ở lại, nhật ký ghi số lượng."""
    from langnghe.casework.backups import Backups
    from langnghe.crawler.channelterms import RECHECK_DAYS
    from langnghe.store.cases import Cases
    from langnghe.store.opening import open_casework

    session: Session = context.obj
    home = session.home.require()
    days = home.settings.retention_days
    with _stores(session) as stores:
        purged = stores.posts.purge(
            SystemClock().now(), days, home.shorter_retention(days), RECHECK_DAYS
        )
        stores.posts.optimise()
    # A backup holds texts, too.
    with open_casework(home) as casework:
        backups = Backups(home, Cases(casework), SystemClock()).delete_expired()

    def show() -> None:
        session.out.print(f"Đã xóa nội dung {purged.posts} bài quá hạn lưu.")
        if purged.unconfirmed:
            session.out.print(
                f"Trong đó {purged.unconfirmed} bài không còn thấy ở nguồn trong thời hạn mà điều "
                "khoản của kênh cho phép."
            )
        if backups:
            session.out.print(f"Đã xóa {backups} bản sao lưu quá hạn lưu.")

    session.result(
        {
            "posts": purged.posts,
            "by_source": dict(purged.by_source),
            "unconfirmed": purged.unconfirmed,
            "backups": backups,
        },
        show,
    )


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Tệp sao lưu sẽ được tạo.")],
) -> None:
    """Sao lưu toàn bộ thư mục dữ liệu, kể cả khi dịch vụ đang chạy."""
    from langnghe.store.backup import backup as make_backup

    session: Session = context.obj
    size = make_backup(session.home.require(), file)
    session.result(
        {"file": file, "bytes": size},
        lambda: session.out.print(f"Đã sao lưu vào {file} ({size / 1e6:.1f} MB)."),
    )


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Tệp sao lưu.", exists=True)],
    force: Annotated[bool, typer.Option(help="Thay dữ liệu đang có.")] = False,
) -> None:
    """Khôi phục thư mục dữ liệu từ bản sao lưu."""
    from langnghe.scheduler.service import only_scheduler
    from langnghe.store.backup import restore as restore_backup

    session: Session = context.obj
    session.home.root.mkdir(parents=True, exist_ok=True)
    with only_scheduler(session.home):
        restore_backup(file, session.home, force=force)
    session.result(
        {"home": session.home.root},
        lambda: session.out.print(f"Đã khôi phục vào {session.home.root}."),
    )


@app.command()
def doctor(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Option(help="Đọc thử nguồn này: hỏi thật vài trang đầu, không lưu gì."),
    ] = None,
) -> None:
    """Kiểm tra máy, cấu hình, khóa, dữ liệu, nguồn tin; nói rõ cần làm gì."""
    from langnghe.scheduler.health import Level, examine

    session: Session = context.obj
    if source is not None:
        clisources.try_source(session, source)
        return
    findings = examine(session.home, SystemClock())
    marks = {Level.GOOD: "[green]✓[/]", Level.WARNING: "[yellow]![/]", Level.BAD: "[red]✗[/]"}

    def show() -> None:
        for finding in findings:
            session.out.print(marks[finding.level], Text(finding.what), soft_wrap=True)
            if finding.cure:
                session.out.print("   →", Text(finding.cure), soft_wrap=True)

    data = [
        {"level": finding.level, "what": finding.what, "cure": finding.cure} for finding in findings
    ]
    session.result({"findings": data}, show)
    if any(finding.level is Level.BAD for finding in findings):
        raise typer.Exit(1)


@app.command()
def dashboard(context: typer.Context) -> None:
    """Chỉ mở trang web, không đọc nguồn tin."""
    import subprocess

    from langnghe.dashboard.server import dashboard_command, dashboard_environment

    session: Session = context.obj
    home = session.home.require()
    _say_address(session, home)
    try:
        code = subprocess.call(  # noqa: S603  our own interpreter and arguments
            dashboard_command(home), env=dashboard_environment(home)
        )
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)


@app.command()
def run(context: typer.Context) -> None:
    """Chạy dịch vụ: đọc nguồn tin theo lịch, gán nhãn, xóa bài quá hạn, mở trang web.

    Khi chưa có nguồn tin nào, dịch vụ dùng trang mẫu với nội dung hư cấu.
    """
    from langnghe.scheduler.service import Service
    from langnghe.scheduler.setup import init_home

    session: Session = context.obj
    home = session.home
    if not home.exists():
        init_home(home)
    if any(source.enabled for source in home.sources):
        _say_address(session, home)
        Service(home, SystemClock(), lambda line: session.err.print(Text(line))).run()
        return
    session.err.print(
        Text(
            "Chưa có nguồn tin nào được cấu hình: dịch vụ đang dùng TRANG MẪU, "
            "nội dung hư cấu.\n"
            f"Để đọc nguồn thật, hãy thêm vào {home.configs / 'sources.yaml'} rồi chạy lại.",
            "bold yellow",
        )
    )
    _run_demo(session, serve=True)


@app.command()
def demo(
    context: typer.Context,
    serve: Annotated[bool, typer.Option(help="Mở trang web sau khi đọc xong.")] = True,
) -> None:
    """Đọc trang mẫu (nội dung hư cấu) vào thư mục con «demo» và mở trang web."""
    _run_demo(context.obj, serve=serve)


def _run_demo(session: Session, *, serve: bool) -> None:
    from langnghe.dashboard.sampleaccounts import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD
    from langnghe.scheduler.demo import fill_demo, serving_sample_site
    from langnghe.scheduler.service import Service

    clock = SystemClock()
    with serving_sample_site(session.home, clock) as demo_home:
        with session.progress("Đang đọc trang mẫu") as progress:
            summary = fill_demo(demo_home, clock, progress)
        session.result(
            {"home": demo_home.root, **summary},
            lambda: session.err.print(
                f"Trang mẫu: {summary['posts']} bài trong kho, "
                f"{summary['labelled']} bài vừa gán nhãn."
            ),
        )
        if serve:
            _say_address(session, demo_home)
            names = ", ".join(account.id for account in SAMPLE_ACCOUNTS)
            session.err.print(f"Tài khoản mẫu: {names}; mật khẩu chung: «{SAMPLE_PASSWORD}».")
            Service(demo_home, clock, lambda line: session.err.print(Text(line))).run()


def _say_address(session: Session, home: Home) -> None:
    settings = home.settings.dashboard
    session.err.print(
        f"Mở trình duyệt tại [bold]http://{settings.host}:{settings.port}[/bold] (Ctrl+C để dừng)."
    )


@places_app.command("build")
def places_build(
    context: typer.Context,
    province: Annotated[
        list[str], typer.Option(help='Tỉnh, thành phố, ví dụ "Lai Châu" (lặp lại được).')
    ],
) -> None:
    """Lập danh mục địa bàn của một tỉnh, cũ và mới; giữ các thôn, bản đã khai."""
    from langnghe.core.placesbuild import build_places, write_places

    session: Session = context.obj
    path = session.home.require().configs / "places.yaml"
    places = build_places(province)
    units = sum(len(one.units) for one in places.provinces)
    write_places(path, places)
    session.result(
        {"file": path, "units": units},
        lambda: session.out.print(f"Đã ghi {units} đơn vị hành chính vào {path}."),
    )


@app.command()
def train(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(help="Thư mục các bộ dữ liệu huấn luyện.", exists=True, file_okay=False),
    ] = None,
    with_reviews: Annotated[
        Path | None, typer.Option(help="Tệp quyết định của người xét duyệt: chỉ dạy thêm các nhãn.")
    ] = None,
    checkpoint: Annotated[
        str | None, typer.Option(help="Mô hình gốc, thay cho thiết lập train.checkpoint.")
    ] = None,
    open_data: Annotated[
        bool, typer.Option("--open-data", help="Chỉ dùng dữ liệu có giấy phép mở.")
    ] = False,
    share: Annotated[
        float,
        typer.Option(
            help="Phần dữ liệu đọc qua: ít hơn thì nhanh hơn, kém hơn.", min=0.01, max=1.0
        ),
    ] = 1.0,
    work: Annotated[
        Path | None, typer.Option(help="Nơi để kết quả từng bước; chạy lại thì làm tiếp từ đó.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Ghi mô hình vào thư mục này, không so với mức sàn."),
    ] = None,
) -> None:
    """Huấn luyện mô hình; chỉ nhận bản mới nếu không chỉ số nào dưới mức sàn."""
    from langnghe.classifier.neural import SHIPPED, NeuralClassifier

    session: Session = context.obj
    if with_reviews is not None:
        from langnghe.classifier.training.reviews import run_with_reviews

        model = session.home.require().model
        raise typer.Exit(
            run_with_reviews(with_reviews, SHIPPED, model, NeuralClassifier.load, session.out, data)
        )
    if data is None:
        raise typer.BadParameter("cần --data, hoặc --with-reviews", param_hint="--data")
    try:
        from langnghe.classifier.training.run import run_training
    except ImportError as error:
        raise NotReadyError(
            f"Thiếu gói {error.name} để huấn luyện. Hãy cài theo docs/models.md, mục «Train it»."
        ) from None
    home = session.home if output else session.home.require()
    configs = home.configs if home.exists() else shipped_configs()
    raise typer.Exit(
        run_training(
            data,
            checkpoint or read_settings(configs / "settings.yaml").train.checkpoint,
            work or home.root / "training",
            output,
            home.model,
            open_only=open_data,
            share=share,
            console=session.out,
        )
    )


@app.command()
def evaluate(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(help="Thư mục các bộ dữ liệu ngoài dự án.", exists=True, file_okay=False),
    ] = None,
    update_floors: Annotated[bool, typer.Option(help="Nâng mức sàn theo kết quả đo.")] = False,
    reason: Annotated[str | None, typer.Option(help="Lý do, khi hạ một mức sàn.")] = None,
    misses: Annotated[bool, typer.Option(help="In các chỗ che sót trong phần được xem.")] = False,
) -> None:
    """Đo chất lượng mô hình, che thông tin cá nhân, nhận địa bàn; so với mức sàn."""
    from langnghe.evaluation import run_evaluation

    session: Session = context.obj
    code = run_evaluation(
        data,
        update_floors=update_floors,
        reason=reason,
        console=session.out,
        show_misses=misses,
    )
    raise typer.Exit(code)


@contextmanager
def _stores(session: Session) -> Iterator[Stores]:
    from langnghe.store.opening import open_stores

    with open_stores(session.home.require(), SystemClock()) as stores:
        yield stores


def _fail(error: LangNgheError, arguments: Sequence[str]) -> NoReturn:
    if "--json" in arguments:
        sys.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False) + "\n")
    else:
        Console(stderr=True).print(Text(f"Lỗi: {error}", "red"), soft_wrap=True)
    raise SystemExit(error.exit_code)


def main() -> None:
    """Run the command line; an expected error is one line, not a traceback."""
    try:
        app()
    except LangNgheError as error:
        _fail(error, sys.argv)
    except Exception as error:
        from sqlalchemy.exc import SQLAlchemyError

        if not isinstance(error, SQLAlchemyError):
            raise
        # Its message is English and holds the statement.
        trouble = LangNgheError(
            f"Cơ sở dữ liệu không trả lời hoặc báo lỗi ({type(error).__name__}). Nếu dùng "
            "PostgreSQL, hãy kiểm tra máy chủ có đang chạy không, rồi chạy lại lệnh; nếu vẫn lỗi, "
            "hãy chạy `langnghe doctor`."
        )
        _fail(trouble, sys.argv)
