"""The monthly briefing of the sample month: DOCX, PDF, PPTX and XLSX in one command.

    python -m benchmarks.briefing HOME [--month 2026-11]

HOME is a home with posts, such as `langnghe demo --no-serve` makes. Runs `langnghe briefing` for
each layout and prints the seconds it took. Ends with 1 if one took longer than the limit, or if
a file is missing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from langnghe.core.institution import LayoutName
from tests.service import langnghe

LIMIT_S = 30.0
"""For all four files of one layout, on two cores."""
FILES = 4


def main() -> int:
    """Measure, and say whether the limit was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--month", default="2026-11")
    arguments = parser.parse_args()
    table = Table("Layout", "Seconds", "Files")
    good = True
    for layout in LayoutName:
        with tempfile.TemporaryDirectory() as out:
            began = time.monotonic()
            done = langnghe(
                *(arguments.home, "briefing", arguments.month, "--layout", layout, "--out", out)
            )
            took = time.monotonic() - began
            made = len(list(Path(out).iterdir()))
        good &= done.returncode == 0 and took <= LIMIT_S and made == FILES
        table.add_row(layout, f"{took:.1f}", str(made))
    Console().print(table)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
