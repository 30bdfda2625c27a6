"""How a table's columns share the room there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from langnghe.briefing.cells import plain, shown
from langnghe.briefing.content import Table
from langnghe.briefing.measure import Face, width

_NAMES: Final = 0.3
"""Names up to this share of the room shall stand on one line."""


def written(table: Table) -> list[list[str]]:
    """A table's texts: the head, then its rows."""
    rows = [
        [shown(value, name) for value, name in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    return [list(map(plain, table.columns)), *rows]


def figure_columns(table: Table) -> list[bool]:
    """Which columns hold figures or days: those stand at the right."""
    return [
        column > 0 and not any(isinstance(row[column], str) for row in table.rows)
        for column in range(len(table.columns))
    ]


def fit(
    table: Table, face: Face, sizes: Sequence[float], room: float, sides: float
) -> tuple[float, list[float]]:
    """The size at which a table fits, and the columns' widths, in points.

    It fits where short names stand on one line; else where their longest words do. A table that
    fits at no size breaks its words.

    Args:
        table: what is to be shown.
        face: its widest font.
        sizes: that it may have, the wanted one first.
        room: for all columns, in points.
        sides: points that each cell keeps free, left and right together.
    """
    columns = list(zip(*written(table), strict=True))
    figures = figure_columns(table)

    def needed(size: float, name_share: float) -> list[float]:
        """Points of each column, with names of up to that share of the room on one line."""
        found = []
        for column, figure in zip(columns, figures, strict=True):
            words = [word for text in column for word in text.split()]
            # A figure is one word, but a share has its sign after a blank.
            words += [
                text
                for text in column[1:]
                if figure or width(text, face, size) <= name_share * room
            ]
            found.append(sides + max((width(word, face, size) for word in words), default=0.0))
        return found

    tried = [(size, needed(size, share)) for share in (_NAMES, 0.0) for size in sizes]
    size, least = next((one for one in tried if sum(one[1]) <= room), tried[-1])
    if sum(least) > room:
        return size, [room * one / sum(least) for one in least]
    useful = [sides + max(width(text, face, size) for text in column) for column in columns]
    spare, wanted = room - sum(least), sum(useful) - sum(least)
    if wanted > spare:
        share = spare / wanted
        return size, [low + share * (high - low) for low, high in zip(least, useful, strict=True)]
    # All fit on one line: what is left goes to the columns alike.
    return size, [one + (spare - wanted) / len(useful) for one in useful]
