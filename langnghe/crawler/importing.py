"""Imports exports laid into a folder: the channel that asks no server."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from langnghe.core.clock import Clock
from langnghe.core.errors import ConfigError
from langnghe.core.home import Home
from langnghe.core.ids import KeyedIds
from langnghe.core.logs import describe_error
from langnghe.core.models import Channel
from langnghe.core.progress import Progress
from langnghe.core.settings import FileSource
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.items import RawItem
from langnghe.crawler.keeping import Keeper
from langnghe.crawler.preparation import Preparation
from langnghe.crawler.readers.export import BadRow, read_file
from langnghe.crawler.report import SourceReport, by_outcome, by_reason
from langnghe.crawler.sharing import Collecting, open_collecting
from langnghe.store.crawlstate import CrawlState, Failure, Run, RunStatus

logger = logging.getLogger(__name__)

BATCH = 500
"""Rows kept in one transaction: some 0.2 s of work, so readers and other writers hardly wait."""

MOST_BAD_ROWS = 50
"""Bad rows that are named; all are counted. Who sees fifty knows what is wrong with the file."""

_FILES = "files"
_MOST_FILES = 1000
"""How many imported files are remembered. An older one laid in again is read again: its posts
are there already and count as unchanged."""


def import_file(
    home: Home,
    source: FileSource,
    path: Path,
    clock: Clock,
    *,
    progress: Progress | None = None,
) -> SourceReport:
    """Import one file with a source's columns, whether or not it was imported before.

    Raises:
        ConfigError: there is no such file, or it cannot be read with the source's columns.
    """
    with open_collecting(home, clock) as stores:
        return import_source(
            home, source, clock, stores, Preparation.of(home), path=path, progress=progress
        )


def import_source(
    home: Home,
    source: FileSource,
    clock: Clock,
    stores: Collecting,
    preparation: Preparation,
    *,
    path: Path | None = None,
    progress: Progress | None = None,
) -> SourceReport:
    """As `import_file`, with stores that are open.

    Raises:
        ConfigError: there is no such file, or it cannot be read with the source's columns.
    """
    run = stores.crawl.begin_run(source.name)
    keeper = Keeper(
        stores.database,
        stores.posts,
        stores.crawl,
        preparation,
        clock,
        source,
        TERMS[Channel.FILE],
        run,
    )
    bad: list[str] = []
    try:
        paths = [path] if path is not None else files_of(home, source)
        for one in paths:
            digest = _digest(one, home.ids, preparation.configuration)
            if path is None and digest in _imported(stores.crawl, source.name):
                continue
            bad += _import(one, source, clock, keeper, progress)
            _remember(stores.crawl, source.name, digest)
    except BaseException as error:
        status = RunStatus.FAILED if isinstance(error, Exception) else RunStatus.INTERRUPTED
        _finish(stores.crawl, run, status, "unreadable")
        logger.error(  # noqa: TRY400  the message may name a row's content
            "%s: %s", source.name, describe_error(error)
        )
        raise
    _finish(stores.crawl, run, RunStatus.FINISHED, None)
    return SourceReport(
        source=source.name,
        status=RunStatus.FINISHED,
        outcomes=by_outcome(keeper.tally),
        rejected=by_reason(keeper.tally),
        pages=len(paths),
        bad_rows=tuple(bad[:MOST_BAD_ROWS]),
    )


def files_of(home: Home, source: FileSource) -> list[Path]:
    """The files that a source's path or glob names now, in order.

    Raises:
        ConfigError: the path leads out of the home, or names one file that is not there.
    """
    sources_file = home.configs / "sources.yaml"
    if Path(source.path).is_absolute() or ".." in Path(source.path).parts:
        raise ConfigError(
            sources_file,
            None,
            f"{source.name}: {source.path!r} nằm ngoài thư mục dữ liệu",
            "Hãy đặt tệp vào một thư mục con của thư mục dữ liệu và viết đường dẫn từ đó.",
        )
    found = sorted(path for path in home.root.glob(source.path) if path.is_file())
    if not found and not any(sign in source.path for sign in "*?["):
        raise ConfigError(
            sources_file,
            None,
            f"{source.name}: không có tệp {home.root / source.path}",
            "Hãy đặt tệp vào đó, hoặc sửa `path:`.",
        )
    return found


def _import(
    path: Path, source: FileSource, clock: Clock, keeper: Keeper, progress: Progress | None
) -> list[str]:
    """Keep what a file holds; gives its bad rows as `file:line: reason`, the first of them."""
    read = 0
    bad: list[str] = []
    for batch in _batches(read_file(path, source, clock.now())):
        items = [row for row in batch if isinstance(row, RawItem)]
        keeper.keep_rows(items, malformed=len(batch) - len(items))
        read += len(batch)
        bad += [f"{path}:{row.line}: {row.reason}" for row in batch if isinstance(row, BadRow)]
        del bad[MOST_BAD_ROWS:]
        if progress is not None:
            progress(read, None)
    return bad


def _batches(rows: Iterator[RawItem | BadRow]) -> Iterator[list[RawItem | BadRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _digest(path: Path, ids: KeyedIds, configuration: str) -> str:
    """A keyed digest of what a file holds, read with this configuration."""
    digest = blake2b(digest_size=32)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return ids.of("file", configuration, digest.hexdigest())


def _imported(state: CrawlState, source: str) -> list[str]:
    return list(state.noted(source).get(_FILES, []))


def _remember(state: CrawlState, source: str, digest: str) -> None:
    earlier = [one for one in _imported(state, source) if one != digest]
    state.note(source, {_FILES: [*earlier, digest][-_MOST_FILES:]})


def _finish(state: CrawlState, run: Run, status: RunStatus, problem: str | None) -> None:
    state.finish_run(
        run, requests=0, not_modified=0, status=status, problem=problem, failure=Failure.HARD
    )
