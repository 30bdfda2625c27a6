"""Tables of figures that can be read on a phone as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape


def table_html(caption: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of a few columns; the first one names the row."""
    columns = list(head)
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(f"<tr>{''.join(_cells(columns, row))}</tr>" for row in rows)
    return (
        f'<table class="ln-table ln-quality"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cells(columns: Iterable[str], row: Iterable[str]) -> Iterator[str]:
    for at, (name, value) in enumerate(zip(columns, row, strict=True)):
        # On a phone the cells stand below each other, each with its column's name.
        yield (
            f'<th scope="row">{escape(value)}</th>'
            if at == 0
            else f'<td data-name="{escape(name)}">{escape(value)}</td>'
        )
