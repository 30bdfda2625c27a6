"""The commands of keys and single sources."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from langnghe.cli.session import Session
from langnghe.core.clock import SystemClock
from langnghe.core.errors import LangNgheError
from langnghe.core.secrets import Secrets
from langnghe.core.vietnamese import number

if TYPE_CHECKING:
    from langnghe.crawler.report import SourceReport
    from langnghe.crawler.smoke import Smoke, Step
    from langnghe.crawler.trial.records import Trial

secrets_app = typer.Typer(help="Khóa và mã truy cập của các nền tảng.", no_args_is_help=True)
source_app = typer.Typer(help="Thử một nguồn tin trước khi thêm.", no_args_is_help=True)

SecretName = Annotated[str, typer.Argument(metavar="TÊN-KHÓA", help="Ví dụ youtube-key.")]


@secrets_app.command("set")
def secrets_set(context: typer.Context, name: SecretName) -> None:
    """Cất một khóa vào tệp chỉ chủ máy đọc được. Khóa được hỏi kín, hoặc đọc từ đầu vào.

    Không bao giờ ghi khóa thành tham số của lệnh: ai xem danh sách tiến trình cũng thấy.
    """
    session: Session = context.obj
    home = session.home.require()
    value = (
        typer.prompt(f"Dán khóa {name} (không hiện trên màn hình)", hide_input=True, err=True)
        if sys.stdin.isatty()
        else sys.stdin.readline()
    )
    secrets = Secrets(home)
    path = secrets.put(name, value)
    covered = secrets.in_environment(name)

    def show() -> None:
        session.out.print(Text(f"Đã cất khóa {name} vào {path}."), soft_wrap=True)
        if covered:
            session.out.print(
                "Biến môi trường đang đặt cùng khóa này và được dùng trước tệp.", soft_wrap=True
            )
        session.out.print(f"Tiếp theo: `langnghe doctor` xem nguồn nào dùng khóa {name}.")

    session.result({"name": name, "file": path, "environment_first": covered}, show)


@secrets_app.command("list")
def secrets_list(context: typer.Context) -> None:
    """Các khóa mà nguồn tin cần, và khóa đã có; không hiện giá trị."""
    session: Session = context.obj
    home = session.home.require()
    secrets = Secrets(home)
    users: dict[str, list[str]] = {name: [] for name in secrets.kept()}
    for source in home.sources:
        for name in source.secrets():
            users.setdefault(name, []).append(source.name)
    troubles = {name: secrets.trouble(name) for name in users}

    def show() -> None:
        if not users:
            session.out.print("Chưa nguồn tin nào cần khóa, và chưa có khóa nào.")
            return
        table = Table("Khóa", "Tình trạng", "Nguồn tin dùng khóa")
        for name in sorted(users):
            place = "trong biến môi trường" if secrets.in_environment(name) else "trong tệp"
            state = troubles[name] or f"Có, {place}"
            table.add_row(name, Text(state), Text(", ".join(users[name]) or "chưa nguồn nào"))
        session.out.print(table)

    rows = [
        {"name": name, "trouble": troubles[name], "sources": users[name]} for name in sorted(users)
    ]
    session.result({"secrets": rows}, show)


@secrets_app.command("remove")
def secrets_remove(context: typer.Context, name: SecretName) -> None:
    """Xóa tệp của một khóa. Nguồn dùng khóa này sẽ ngừng đọc."""
    session: Session = context.obj
    if not Secrets(session.home.require()).remove(name):
        raise LangNgheError(f"Không có tệp khóa {name}. Xem `langnghe secrets list`.")
    session.result({"removed": name}, lambda: session.out.print(f"Đã xóa khóa {name}."))


def try_source(session: Session, name: str) -> None:
    """`langnghe doctor --source`: read a source's first pages, keep nothing, say what came."""
    from langnghe.core.settings import FileSource
    from langnghe.crawler.smoke import smoke

    home = session.home.require()
    source = next((one for one in home.sources if one.name == name), None)
    if source is None:
        raise LangNgheError(
            f"Không có nguồn tin nào tên {name}. Xem tên nguồn trong "
            f"{home.configs / 'sources.yaml'}."
        )
    if isinstance(source, FileSource):
        raise LangNgheError(
            f"Nguồn {name} đọc từ tệp, không hỏi qua mạng. Hãy thử bằng "
            f"`langnghe import TỆP --source {name}`."
        )
    result = smoke(home, source, SystemClock())
    session.result(
        {
            "source": name,
            "well": result.is_well,
            "steps": [
                {
                    "asked": step.asked,
                    "status": step.status,
                    "posts": step.items,
                    "problem": step.problem,
                }
                for step in result.steps
            ],
            "report": None if result.report is None else result.report.as_json(),
            "missing": result.missing,
            "rests_until": result.rests_until,
            "key_ends": result.key_ends,
            "units": result.units,
        },
        lambda: _show_smoke(session, name, result),
    )
    if not result.is_well:
        raise typer.Exit(1)


def _show_smoke(session: Session, name: str, result: Smoke) -> None:
    from langnghe.core.vietnamese import moment

    def say(line: str, style: str = "") -> None:
        session.out.print(Text(line, style), soft_wrap=True)

    say(f"Đọc thử nguồn {name}: hỏi thật vài trang đầu, không lưu gì.", "bold")
    if result.rests_until is not None:
        until = moment(result.rests_until)
        say(f"Chưa hỏi gì: nền tảng yêu cầu chờ đến {until}. Hãy thử lại sau lúc đó.")
        return
    for place, step in enumerate(result.steps, start=1):
        say(f"{place}. {_of_step(step)}", "red" if step.problem else "")
    for line in _advice(result):
        say(line)
    if result.report is not None and result.report.pages:
        say(_would_keep(result.report))
    if result.key_ends is not None:
        say(f"Khóa của nguồn hết hạn lúc {moment(result.key_ends)}.")
    for key, units in result.units.items():
        say(f"Khóa {key} hôm nay đã dùng {number(units)} đơn vị (ngày tính theo nền tảng).")
    if result.is_well:
        say("Nguồn này đọc tốt.", "green")


def _of_step(step: Step) -> str:
    from langnghe.dashboard.problems import problem

    where = f"{step.asked}{', trang tiếp theo' if step.further else ''}"
    status = f" (mã {step.status})" if step.status else ""
    if step.problem is not None:
        return f"{where}: {problem(step.problem).what.lower()}{status}."
    posts = f", {number(step.items)} bài" if step.items else ""
    return f"{where}: đọc được{status}{posts}."


def _advice(result: Smoke) -> Iterator[str]:
    """What is wrong beyond single pages, and what to do."""
    from langnghe.dashboard.problems import problem

    for key in result.missing:
        yield f"Chưa có khóa {key} dùng được, nên chưa hỏi gì."
        yield f"Xin khóa theo docs/channels.md, rồi chạy `langnghe secrets set {key}`."
    if result.missing or result.report is None:
        return
    for key in result.report.problems:
        # Not every trouble is that of one page: robots.txt, a log-in, the allowance.
        if key not in {step.problem for step in result.steps}:
            yield f"{problem(key).what}."
        yield f"Việc cần làm: {problem(key).cure}"


def _would_keep(report: SourceReport) -> str:
    from langnghe.core.models import Outcome

    kept, off_topic, rejected = (
        number(report.outcomes.get(outcome, 0))
        for outcome in (Outcome.STORED, Outcome.OFF_TOPIC, Outcome.REJECTED)
    )
    return (
        f"Nếu đọc thật, từ các trang này sẽ giữ {kept} bài; {off_topic} bài ngoài chủ đề, "
        f"{rejected} bài không dùng được."
    )


@source_app.command("test")
def source_test(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="ĐỊA-CHỈ", help="Trang, RSS, diễn đàn hay kênh.")],
    private_network: Annotated[
        bool, typer.Option(help="Cho phép địa chỉ nằm trong mạng nội bộ hoặc máy này.")
    ] = False,
) -> None:
    """Đọc thử một địa chỉ: đọc được gì, che gì, và mục cấu hình đề xuất. Không lưu gì."""
    from langnghe.crawler.trial.run import try_address

    session: Session = context.obj
    home = session.home.require()
    trial = try_address(home, url, SystemClock(), private=private_network)
    session.result(trial.as_json(), lambda: _show_trial(session, trial))
    if trial.entry is None:
        raise typer.Exit(1)


def _show_trial(session: Session, trial: Trial) -> None:
    from langnghe.core.topics import read_topics
    from langnghe.dashboard.trials import facts, step_line

    def say(line: str, style: str = "") -> None:
        session.out.print(Text(line, style), soft_wrap=True)

    say(f"Đọc thử {trial.url}: hỏi thật vài trang, không lưu gì.", "bold")
    marks = {True: ("✓", "green"), False: ("✗", "red"), None: ("–", "")}
    for step in trial.steps:
        mark, style = marks[step.fine]
        say(f"{mark} {step_line(step)}", style)
    topics = {one.id: one.title for one in read_topics(session.home.configs / "topics.yaml")}
    for place, reading in enumerate(trial.readings, start=1):
        say(f"\nBài thử {place}", "bold")
        for name, value in facts(reading, topics):
            say(f"  {name}: {value}")
    if trial.entry is not None:
        say("\nMục đề xuất cho sources.yaml:", "bold")
        say(trial.entry.rstrip("\n"))
    say(f"\n{trial.advice}")
