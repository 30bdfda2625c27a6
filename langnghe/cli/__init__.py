"""The command `langnghe`.

Each command reads its options, calls one function of the package, and prints what came of it:
for people in Vietnamese, with `--json` as one JSON object for machines. Exit codes: 0 done,
1 an error, 2 wrong options or configuration, 3 something has to be done first, 4 done in part
(a source failed, some rows were rejected; the output says which).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from langnghe.cli import (
    accounts,
    alerts,
    audit,
    briefing,
    collect,
    crawling,
    model,
    posts,
    publishing,
    service,
    sources,
    trends,
    upkeep,
)
from langnghe.cli.session import Session
from langnghe.core.errors import LangNgheError
from langnghe.core.home import Home

app = typer.Typer(
    name="langnghe",
    help="Lắng Nghe: nghe ý kiến trên các kênh công khai, trả lời và đính chính có căn cứ.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# In the order in which --help lists them.
app.command()(posts.intake)
app.command()(briefing.briefing)
app.command()(briefing.briefing_check)
app.command()(briefing.quick_report)
app.command()(briefing.minutes)
app.command()(publishing.publish)
app.command()(trends.trends)
app.command()(collect.collect)
app.command()(collect.arrivals)
app.command()(upkeep.init)
app.command()(crawling.crawl)
app.command("import")(crawling.import_)
app.command()(posts.search)
app.command()(posts.label)
app.command()(posts.classify)
app.command()(upkeep.purge)
app.command()(upkeep.backup)
app.command()(upkeep.restore)
app.command()(upkeep.doctor)
app.command()(service.dashboard)
app.command()(service.run)
app.command()(service.demo)
app.command()(model.train)
app.command()(model.evaluate)
app.add_typer(upkeep.places_app, name="places")
app.add_typer(accounts.users_app, name="user")
app.add_typer(audit.audit_app, name="audit")
app.add_typer(alerts.alerts_app, name="alerts")
app.add_typer(sources.secrets_app, name="secrets")
app.add_typer(sources.source_app, name="source")


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
