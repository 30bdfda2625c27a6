"""How far a crawl has come."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from langnghe.core.progress import Progress


def page_counter(progress: Progress) -> Callable[[str, object], None]:
    """A callback for a crawl that counts its pages; how many there will be nobody knows."""
    done = itertools.count(1)
    return lambda _source, _page: progress(next(done), None)
