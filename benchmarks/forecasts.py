"""How good forecasts are: the table of docs/trends-forecast.md.

`python -m benchmarks.forecasts [SERIES]`, of each kind and length; some seconds a series. Ends with
1 if the intervals hold much less than they are to, or a forecast is worse than none.
"""

from __future__ import annotations

import sys

from langnghe.trends.evaluation.forecasts import WORLDS, figures, outcomes

EACH = 4
LEAST_HELD = 0.7
MOST_ERROR = 1.0


def main() -> int:
    """Measure and print."""
    each = int(sys.argv[1]) if len(sys.argv) > 1 else EACH
    found = list(outcomes(each))
    print("| series | with a forecast | weeks held | four weeks held | error |")
    print("| --- | --- | --- | --- | --- |")
    for world in WORLDS:
        own = [one for one in found if one.world == world]
        if any(one.is_given for one in own):
            told = figures(own)
            print(
                f"| {world} ({told.series}) | {told.given} | {told.held:.0%} | "
                f"{told.total_held:.0%} | {told.error:.2f} |"
            )
        else:
            print(f"| {world} ({len(own)}) | 0 | | | |")
    all_ = figures(found)
    print(
        f"| all ({all_.series}) | {all_.given} | {all_.held:.0%} | {all_.total_held:.0%} | "
        f"{all_.error:.2f} |"
    )
    return 0 if all_.held >= LEAST_HELD and all_.error <= MOST_ERROR else 1


if __name__ == "__main__":
    sys.exit(main())
