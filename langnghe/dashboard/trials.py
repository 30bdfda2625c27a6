"""The trial of an address in words, for the command and for the page."""

from __future__ import annotations

from collections.abc import Mapping

from langnghe.core.vietnamese import number
from langnghe.crawler.masks import MaskKind
from langnghe.crawler.trial.records import Reading, Step
from langnghe.dashboard.desk import MASK_NAMES
from langnghe.dashboard.formats import published
from langnghe.dashboard.problems import problem


def step_line(step: Step) -> str:
    """What one step came to, on one line."""
    if step.problem is None:
        return f"{step.what}: {step.says}"
    told = problem(step.problem)
    return f"{step.what}: {told.what[0].lower()}{told.what[1:]}. {told.cure}"


def facts(reading: Reading, topics: Mapping[str, str]) -> list[tuple[str, str]]:
    """What would be read of a page. `topics` are the titles by id."""
    if not reading.characters:
        return [("Địa chỉ", reading.url), ("Chữ", "không đọc được chữ nào")]
    when = "không rõ"
    if reading.published_at is not None:
        when = published(reading.published_at, reading.precision)
    masked = [
        f"{MASK_NAMES[MaskKind(kind)]} ({number(times)})"
        for kind, times in reading.masked.items()
        if times
    ]
    touched = [topics.get(topic, topic) for topic in reading.topics]
    return [
        ("Địa chỉ", reading.url),
        ("Tiêu đề", reading.title or "không có"),
        ("Ngày đăng", when),
        ("Nội dung", f"{reading.beginning} ({number(reading.characters)} ký tự)"),
        ("Bình luận", "chưa hỏi" if reading.comments is None else number(reading.comments)),
        ("Được che", ", ".join(masked) or "không có gì phải che"),
        ("Chủ đề", ", ".join(touched) or "không chạm chủ đề nào, nên bài này sẽ không được lưu"),
    ]
