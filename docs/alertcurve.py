"""Draws the curve of docs/trends.md: rises found against false alerts, by how strict the limit is.

Run by hand after a change of `trends.expected` or `trends.spikes`: `python -m docs.alertcurve`.
"""

from __future__ import annotations

from pathlib import Path

import altair as alt

from langnghe.trends.evaluation.gate import SEED
from langnghe.trends.evaluation.spikes import Topics, measure
from langnghe.trends.spikes import WINDOWS

PICTURE = Path(__file__).parent / "images" / "alert-curve.svg"
LIMITS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.04)
KINDS = {
    "20 bài/ngày, đăng rời": Topics(20.0, 1.0),
    "20 bài/ngày, 1,5 bài mỗi luồng": Topics(20.0, 1.5),
    "10 bài/ngày, đăng rời": Topics(10.0, 1.0),
    "5 bài/ngày, 1,5 bài mỗi luồng": Topics(5.0, 1.5),
}
SERIES = 100


def main() -> None:
    """Simulate, draw, write."""
    (longest, chosen), *others = WINDOWS
    rows = []
    for name, topics in KINDS.items():
        for limit in LIMITS:
            found = measure(topics, SERIES, SEED, ((longest, limit), *others))
            rows.append(
                {
                    "kind": name,
                    "limit": limit,
                    "false": found.false_alerts,
                    "recall": found.recall,
                    "chosen": limit == chosen,
                }
            )
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("false:Q", title="Báo nhầm của một chủ đề trong một quý"),
        y=alt.Y(
            "recall:Q",
            title="Phát hiện được (tăng gấp ba trong hai ngày)",
            scale=alt.Scale(domain=[0.2, 1]),
        ),
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(range=["#0072B2", "#D55E00", "#009E73", "#000000"]),
        ),
    )
    lines = base.mark_line().encode(
        order="limit:Q", strokeDash=alt.StrokeDash("kind:N", title=None)
    )
    points = base.transform_filter("datum.chosen").mark_point(filled=True, size=120)
    bounds = alt.Chart(alt.InlineData(values=[{"false": 1.0}])).mark_rule(color="#555").encode(
        x="false:Q"
    ) + alt.Chart(alt.InlineData(values=[{"recall": 0.9}])).mark_rule(color="#555").encode(
        y="recall:Q"
    )
    chart = (bounds + lines + points).properties(width=520, height=320)
    chart.configure_legend(orient="bottom", columns=2, labelLimit=260).save(str(PICTURE))
    for row in rows:
        print(row)  # noqa: T201


if __name__ == "__main__":
    main()
