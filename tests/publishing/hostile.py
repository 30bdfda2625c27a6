"""Cases whose every text tries to be more than text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from langnghe.casework.claimtexts import CorrectionText, Evidence
from langnghe.casework.desk import Desk
from langnghe.casework.versions import AttachVersion, Language
from langnghe.core.models import Verdict
from tests.publishing.world import answered, corrected, corrected_again, translated, withdraw

SCRIPT = "<script>alert(1)</script>"
TEXTS = (
    SCRIPT,
    "</script><script>alert(2)</script>",
    "<!-- <script> --><img src=x onerror=alert(3)>",
    '"><svg onload=alert(4)>',
    "' onmouseover='alert(5)",
    "{{ 7*7 }}{% raw %}{% endraw %}",
    "]]><a>&amp;&lt;&#60;&nbsp;",
    "<title>x</title></head></body></html>",
    "[bấm](javascript:alert(6)) **đậm**",
    "a\u202eb\u2066c\u200fd\x00\x0b\ufffe\ud7ffz",
)


def hostile(desk: Desk) -> None:
    """A correction with an earlier edition, a version, a withdrawn one and an answer."""
    joined = "\n".join(TEXTS)
    text = CorrectionText(
        title=f"Đường thông {TEXTS[1]} {TEXTS[3]}",
        truth=joined,
        circulating=joined[:900],
        finding=joined,
        contact=joined[:400],
        advice=joined[:900],
    )
    piece = Evidence(
        source=joined[:290],
        dated=date(2026, 11, 20),
        primary=True,
        document_number=TEXTS[3],
        link="https://example.vn/?a=1&b=%22%3E'</script>",
        quotation=joined,
    )
    claim = corrected(desk, text=text, statement=f"Điều sai {' '.join(TEXTS)}", evidence=[piece])
    version = AttachVersion(Language.LU, TEXTS[0] + " a", joined, "c" * 64, "a.mp3")
    translated(desk, claim, version)
    other = corrected(desk, text=replace(text, title=f"Cầu thông {TEXTS[1]}"), evidence=[piece])
    corrected_again(desk, other, f"Sửa {TEXTS[1]} {TEXTS[4]}", Verdict.PARTLY_TRUE, text)
    withdraw(desk, corrected(desk, text=text), f"Nhầm {TEXTS[1]} {TEXTS[2]}")
    answered(desk, f"Đề nghị {joined}", joined)
