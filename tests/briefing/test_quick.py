from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.briefing.content import Chart, Document, DocumentKind, Heading, Paragraph
from langnghe.briefing.docx import write_docx
from langnghe.briefing.figures import Material
from langnghe.briefing.layout import layout_named
from langnghe.briefing.letterhead import letterheads
from langnghe.briefing.matters import matter_of
from langnghe.briefing.quick import DAYS, quick_report
from langnghe.briefing.text import DRAFT_NOTE
from langnghe.briefing.work import material_of
from langnghe.casework.roles import Refused
from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.core.institution import LayoutName
from langnghe.core.models import Sentiment
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import connect
from langnghe.store.transactions import Transactions
from langnghe.trends.alerts import follow
from langnghe.trends.alertsettings import read_alert_settings
from langnghe.trends.period import Period
from langnghe.trends.spikes import URGENT, Rise
from tests.trends.posts import Said, keep

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
TOPIC = "duong-sa"


@pytest.fixture
def material(tmp_path: Path) -> tuple[Material, Transactions]:
    home = Home(tmp_path / "home")
    init_home(home)
    stores = connect(home, FixedClock(NOW))
    november = [Said(date(2026, 11, 2), (TOPIC,), Sentiment.NEGATIVE)] * 20
    keep(stores.posts, november)
    keep(stores.posts, [Said(TODAY - timedelta(days=1), (TOPIC,))] * 12, 100)
    keep(stores.posts, [Said(TODAY, ("thien-tai",))] * 3, 200)
    return material_of(home, stores, stores.database), stores.database


def raised(database: Transactions, topic: str) -> str:
    rise = Rise(topic, Period(TODAY - timedelta(days=1), TODAY), 12, 2.5, 0.0001)
    settings = read_alert_settings(Home(Path("none")))
    (alert,) = follow(database, {topic: rise}, settings, NOW).opened
    return alert


def texts(document: Document) -> list[str]:
    return [one.text for one in document.blocks if isinstance(one, Paragraph)]


def test_a_topic_is_told_of_in_figures(material: tuple[Material, Transactions]) -> None:
    matter = matter_of(*material, NOW, topic=TOPIC)
    document = quick_report(matter, letterheads(material[0].home), LayoutName.HD05)
    assert document.kind is DocumentKind.QUICK
    assert document.title == "BÁO CÁO NHANH"
    assert document.draft_note == DRAFT_NOTE
    said = texts(document)
    assert said[0] == (
        "Từ ngày 24/10/2026 đến ngày 20/11/2026 thu thập được 32 bài, ý kiến; riêng 7 ngày cuối "
        "12, 7 ngày liền trước 0."
    )
    # Of the period that is over: the running one can be compared with none.
    assert any("thu thập được 20 bài, ý kiến" in text for text in said)
    assert any("20 mang khuynh hướng tiêu cực (100 %)" in text for text in said)
    (chart,) = (one for one in document.blocks if isinstance(one, Chart))
    assert len(chart.table.rows) == DAYS
    assert sum(int(str(row[1])) for row in chart.table.rows) == 32
    assert write_docx(document, layout_named(LayoutName.HD05))


def test_an_alert_is_told_with_its_figures(material: tuple[Material, Transactions]) -> None:
    alert = raised(material[1], TOPIC)
    matter = matter_of(*material, NOW, alert_id=alert)
    said = texts(quick_report(matter, letterheads(material[0].home), LayoutName.ND30))
    assert any("12 bài" in text and "19/11/2026" in text for text in said)
    assert (
        "tình hình dư luận về "
        in quick_report(matter, letterheads(material[0].home), LayoutName.ND30).subject
    )


def test_danger_to_life_has_no_topic(material: tuple[Material, Transactions]) -> None:
    matter = matter_of(*material, NOW, alert_id=raised(material[1], URGENT))
    document = quick_report(matter, letterheads(material[0].home), LayoutName.HD36)
    headings = [one.text for one in document.blocks if isinstance(one, Heading)]
    assert headings == [
        "Diễn biến",
        "Nội dung dư luận quan tâm",
        "Nhận định, đề xuất",
        "Nguồn số liệu",
    ]
    assert "nguy hiểm đến tính mạng" in document.subject


def test_no_words_of_a_post_are_in_it(material: tuple[Material, Transactions]) -> None:
    document = quick_report(
        matter_of(*material, NOW, topic=TOPIC), letterheads(material[0].home), LayoutName.HD05
    )
    assert not any("Bài số" in text for text in texts(document))


def test_what_is_not_there_is_refused(material: tuple[Material, Transactions]) -> None:
    with pytest.raises(Refused, match="chủ đề"):
        matter_of(*material, NOW, topic="khong-co")
    with pytest.raises(Refused, match="cảnh báo"):
        matter_of(*material, NOW, alert_id="CB.20261101.0001")
    with pytest.raises(Refused, match="--topic"):
        matter_of(*material, NOW)
