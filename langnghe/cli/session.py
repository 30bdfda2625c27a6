"""What all commands share: the options before the command, and how a result is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.progress import Progress

if TYPE_CHECKING:
    from langnghe.store.opening import Stores
    from langnghe.store.transactions import Transactions

Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Từ ngày (2026-11-01).")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Đến hết ngày.")]


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
    def stores(self) -> Iterator[Stores]:
        """What the home holds of posts, and of their crawl."""
        from langnghe.store.opening import open_stores

        with open_stores(self.home.require(), SystemClock()) as stores:
            yield stores

    @contextmanager
    def casework(self) -> Iterator[Transactions]:
        """The database of the home's casework."""
        from langnghe.store.opening import open_casework

        with open_casework(self.home.require()) as database:
            yield database

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
