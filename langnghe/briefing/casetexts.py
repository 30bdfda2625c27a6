"""Sentences about claims and petitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from langnghe.briefing.content import Paragraph
from langnghe.briefing.figures import Figures
from langnghe.briefing.lines import ClaimLine
from langnghe.briefing.sentences import joined, say
from langnghe.core.models import Verdict
from langnghe.core.vietnamese import VERDICTS, day

_WRONG: Final = (Verdict.FALSE, Verdict.PARTLY_TRUE)
_OPEN: Final = (Verdict.INCONCLUSIVE, Verdict.VERIFYING, Verdict.UNVERIFIED)


def false_claims(figures: Figures) -> Iterator[Paragraph]:
    """What turned out false or partly true; what is true comes first, as in a correction."""
    found = [one for one in figures.claims if one.verdict in _WRONG]
    for claim in found:
        told = (
            f"đã công bố đính chính ngày {day(claim.corrected_on)}"
            if claim.corrected_on
            else "chưa công bố đính chính trong kỳ"
        )
        truth = f"Thông tin đúng: «{claim.truth.rstrip('. ')}». " if claim.truth else ""
        yield say(
            figures,
            f"{{truth}}Nội dung đã xác minh là {{verdict}}: «{{statement}}» ({{id}}, "
            f"{{claims.posts.{claim.id}}} bài, ý kiến nêu); {{told}}.",
            bullet=True,
            truth=truth,
            verdict=VERDICTS[claim.verdict].lower(),
            statement=claim.statement.rstrip(". "),
            id=claim.id,
            told=told,
        )
    if not found:
        yield Paragraph("Trong kỳ không có thông tin nào được kết luận là sai hoặc đúng một phần.")


def right_claims(figures: Figures) -> Iterator[Paragraph]:
    """What people said and was found to be true."""
    found = [one for one in figures.claims if one.verdict is Verdict.CONFIRMED]
    for claim in found:
        told = f"; đã mở {claim.petition} để trả lời" if claim.petition else ""
        yield _claim(figures, claim, f"qua xác minh là đúng{told}")
    if not found:
        yield Paragraph("Trong kỳ không có thông tin nào được kết luận là đúng sự thật.")


def undecided_claims(figures: Figures) -> Iterator[Paragraph]:
    """What could not be decided, and what is not decided yet."""
    found = [one for one in figures.claims if one.verdict in _OPEN]
    for claim in found:
        yield _claim(figures, claim, VERDICTS[claim.verdict].lower())
    if not found:
        yield Paragraph("Không có thông tin nào đang xác minh hoặc không đủ căn cứ kết luận.")


def _claim(figures: Figures, claim: ClaimLine, what: str) -> Paragraph:
    return say(
        figures,
        f"«{{statement}}» ({{id}}, {{claims.posts.{claim.id}}} bài, ý kiến nêu): {{what}}.",
        bullet=True,
        statement=claim.statement.rstrip(". "),
        id=claim.id,
        what=what,
    )


def petitions_in_all(figures: Figures) -> Iterator[Paragraph]:
    """What came in and what became of it."""
    if not figures.get("petitions.received"):
        yield Paragraph("Trong kỳ không tiếp nhận phản ánh, kiến nghị nào.")
    else:
        sentences = [
            say(
                figures,
                "Tiếp nhận {petitions.received} phản ánh, kiến nghị; đến ngày {as_of} đã trả lời "
                "{petitions.answered} (đúng hạn {petitions.in_time}), đang xử lý trong hạn "
                "{petitions.open}, quá hạn chưa trả lời {petitions.overdue}, từ chối hoặc chuyển "
                "nơi có thẩm quyền {petitions.ended}.",
                as_of=day(figures.as_of),
            )
        ]
        if "petitions.in_time.share" in figures:
            sentences.append(
                say(
                    figures,
                    "Tỷ lệ đúng hạn trong số đã trả lời hoặc quá hạn: {petitions.in_time.share}.",
                )
            )
        if "petitions.days" in figures:
            half = figures["petitions.days"]
            sentences.append(
                say(
                    figures,
                    "Có {petitions.answers} câu trả lời được duyệt trong kỳ, một nửa "
                    + ("trong không quá {petitions.days}" if half else "ngay trong ngày")
                    + ", lâu nhất {petitions.days.longest} ngày làm việc.",
                )
            )
        yield joined(*sentences)
    if figures.get("petitions.carried.received"):
        yield say(
            figures,
            "Kỳ trước chuyển sang {petitions.carried.received}: đã trả lời "
            "{petitions.carried.answered}, quá hạn {petitions.carried.overdue}, kết thúc khác "
            "{petitions.carried.ended}.",
        )
    if figures.get("notices.received"):
        yield say(
            figures,
            "Nhận {notices.received} báo sai sót về nội dung đã công bố: kết luận "
            "{notices.decided}, trong đó có sai sót {notices.upheld}, đã sửa {notices.corrected}, "
            "quá hạn {notices.overdue}.",
        )
    if figures.get("petitions.formal"):
        yield say(
            figures,
            "Có {petitions.formal} đơn, ý kiến có nội dung khiếu nại, tố cáo đã được hướng dẫn "
            "sang kênh chính thức; hệ thống không lưu nội dung.",
        )


def overdue_petitions(figures: Figures) -> Iterator[Paragraph]:
    """What should have been answered and is not, the longest overdue first."""
    if not figures.petitions:
        yield Paragraph(f"Đến ngày {day(figures.as_of)} không có việc nào quá hạn.")
        return
    yield say(
        figures,
        "Đến ngày {as_of} còn {petitions.late} việc quá hạn chưa trả lời (phản ánh giống nhau đã "
        "gộp tính là một việc):",
        as_of=day(figures.as_of),
    )
    for petition in figures.petitions:
        late = f"petitions.late.{petition.id}"
        since = f", quá {{{late}}} ngày làm việc" if figures.get(late) else ""
        yield say(
            figures,
            f"{{id}}: «{{summary}}»; {{agency}}, hạn trả lời {{due}}{since}.",
            bullet=True,
            id=petition.id,
            summary=petition.summary.rstrip(". "),
            agency=petition.agency or "chưa chuyển đơn vị chủ trì",
            due=day(petition.due_on),
        )
