"""The command as a user types it: output, exit codes, what stays on disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from langnghe.core.home import Home
from tests.service import langnghe

GROUP = """\
sources:
  - name: nhom
    title: Nhóm chợ Bình Lư
    channel: file
    path: import/*.csv
    public_page: https://zalo.example/g/cho-binh-lu
    columns: {text: Nội dung, native_id: Mã, published_at: Ngày}
"""
ROWS = """\
Mã,Ngày,Người gửi,Nội dung
1,{day} 08:00,Giàng A Páo,miến dong Bình Lư năm nay bao nhiêu một cân vậy bà con
2,{day} 08:05,Lò Thị Mỷ,Gọi 0912 345 678 gặp chị Lò Thị Mỷ để lấy miến dong nhé
3,{day} 08:10,Vàng A Sử,chúc cả nhà ngủ ngon
4,{day} 08:15,Lý Thị Chở,
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("cli") / "home"
    done = langnghe(root, "init")
    assert done.returncode == 0, done.stderr
    assert str(root / "configs" / "sources.yaml") in done.stdout.replace("\n", "")
    (root / "configs" / "sources.yaml").write_text(GROUP, encoding="utf-8")
    return Home(root)


@pytest.fixture(scope="module")
def export(home: Home) -> Path:
    from langnghe.core.clock import SystemClock, local_day

    path = home.root / "nhom.csv"
    day = local_day(SystemClock().now()).strftime("%d/%m/%Y")
    path.write_text(ROWS.format(day=day), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def imported(home: Home, export: Path) -> Any:
    done = langnghe(home.root, "--json", "import", str(export), "--source", "nhom")
    assert done.returncode == 4, done.stderr
    return json.loads(done.stdout)


def test_each_row_has_one_outcome(imported: Any, export: Path) -> None:
    assert imported["outcomes"] == {"off_topic": 1, "rejected": 1, "stored": 2}
    assert imported["rejected"] == {"malformed": 1}
    assert imported["bad_rows"] == [f"{export}:5: thiếu nội dung"]


def test_search_finds_what_was_imported_without_its_authors(home: Home, imported: Any) -> None:
    done = langnghe(home.root, "--json", "search", '"mien dong"', "--source", "nhom")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert found["total"] == 2
    text = json.dumps(found, ensure_ascii=False)
    assert "miến dong Bình Lư" in text
    for canary in ("Giàng A Páo", "Lò Thị Mỷ", "345 678"):
        assert canary not in text
    assert all(hit["url"] == "https://zalo.example/g/cho-binh-lu" for hit in found["hits"])


def test_search_for_people_shows_the_matches(home: Home, imported: Any) -> None:
    done = langnghe(home.root, "search", "miến dong")
    assert done.returncode == 0
    assert done.stdout.startswith("2 bài")
    assert "\ue000" not in done.stdout


def test_a_second_import_changes_nothing(home: Home, imported: Any, export: Path) -> None:
    again = langnghe(home.root, "--json", "import", str(export), "--source", "nhom")
    assert json.loads(again.stdout)["outcomes"] == {"off_topic": 1, "rejected": 1, "unchanged": 2}


def test_label_then_nothing_is_left_to_label(home: Home, imported: Any) -> None:
    first = json.loads(langnghe(home.root, "--json", "label").stdout)
    second = json.loads(langnghe(home.root, "--json", "label").stdout)
    assert first["labelled"] == 2
    assert second["labelled"] == 0
    found = json.loads(langnghe(home.root, "--json", "search").stdout)
    assert all(hit["sentiment"] for hit in found["hits"])


def test_backup_and_restore_bring_everything_back(
    home: Home, imported: Any, tmp_path: Path
) -> None:
    archive = tmp_path / "saved.zip"
    assert langnghe(home.root, "backup", str(archive)).returncode == 0
    other = tmp_path / "other"
    assert langnghe(other, "restore", str(archive)).returncode == 0
    before, after = (
        json.loads(langnghe(root, "--json", "search").stdout) for root in (home.root, other)
    )
    assert after == before
    refused = langnghe(other, "restore", str(archive))
    assert refused.returncode != 0
    assert "--force" in refused.stderr
    assert langnghe(other, "restore", str(archive), "--force").returncode == 0


def test_a_damaged_backup_is_refused_and_the_data_stay(
    home: Home, imported: Any, tmp_path: Path
) -> None:
    archive = tmp_path / "saved.zip"
    langnghe(home.root, "backup", str(archive))
    archive.write_bytes(archive.read_bytes()[:-2000])
    copy = tmp_path / "copy"
    shutil.copytree(home.root, copy)
    done = langnghe(copy, "restore", str(archive), "--force")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert json.loads(langnghe(copy, "--json", "search").stdout)["total"] == 2


def test_purge_says_how_much_went(home: Home, imported: Any) -> None:
    done = langnghe(home.root, "purge")
    assert (done.returncode, done.stdout) == (0, "Đã xóa nội dung 0 bài quá hạn lưu.\n")


def test_doctor_is_content_with_a_sound_home(home: Home, imported: Any) -> None:
    done = langnghe(home.root, "--json", "doctor")
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == 0, findings
    assert {finding["level"] for finding in findings} <= {"good", "warning"}


def test_doctor_names_what_is_wrong_and_the_cure(home: Home, imported: Any, tmp_path: Path) -> None:
    sick = tmp_path / "sick"
    shutil.copytree(home.root, sick)
    (sick / "id.key").chmod(0o644)
    (sick / "configs" / "topics.yaml").write_text("topics:\n  - {id: x}\n", encoding="utf-8")
    (sick / "configs" / "claims.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
    done = langnghe(sick, "--json", "doctor")
    assert done.returncode == 1
    bad = [one for one in json.loads(done.stdout)["findings"] if one["level"] == "bad"]
    assert len(bad) == 3
    assert "chmod 600" in bad[0]["cure"]
    assert "topics.yaml:2" in bad[1]["what"]
    assert "claims.jsonl:1" in bad[2]["what"]


def test_classify_keeps_the_order_reports_bad_lines_and_matches_claims(tmp_path: Path) -> None:
    posts, claims, labels = (tmp_path / f"{name}.jsonl" for name in ("posts", "claims", "labels"))
    texts = ["Cho hỏi làm căn cước ở đâu ạ?", "Đường vào bản lầy lội quá, xe không đi được"]
    posts.write_text(
        f'{{"text": "{texts[0]}"}}\nhỏng\n{{"text": "{texts[1]}", "title": "Đường sá"}}\n',
        encoding="utf-8",
    )
    claims.write_text(
        '{"id": "x", "text": "Xã thu phí qua cầu.", "verdict": "false", "evidence": "CV 1"}\n',
        encoding="utf-8",
    )
    arguments = ("--input", str(posts), "--claims", str(claims), "--output", str(labels))
    done = langnghe(tmp_path / "home", "classify", *arguments)
    assert done.returncode == 4
    assert "Dòng 2" in done.stderr
    first, second, third = map(json.loads, labels.read_text(encoding="utf-8").splitlines())
    assert [first["text"], third["text"]] == texts
    assert second["line"] == 2
    assert (first["intent"], third["intent"]) == ("question", "complaint")
    assert third["sentiment"] == "negative"
    assert set(first["scores"]) >= {"sentiment", "intent", "claim", "scam", "toxicity"}
    assert not (tmp_path / "home").exists()


def test_train_says_what_it_needs(home: Home) -> None:
    done = langnghe(home.root, "train")
    assert done.returncode == 2
    assert "--data" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("crawl", "--source", "khong-co"), 1, "Không có nguồn tin nào"),
        (("import", "/dev/null", "--source", "khong-co"), 1, "không phải nguồn kênh"),
        (("label", "--slice", "2/2"), 2, "--slice"),
        (("search", '"miến dong'), 1, ""),
        (("search", "--since", "21/11/2026"), 2, "--since"),
        (("restore", "/no/such/file"), 2, "/no/such/file"),
    ],
)
def test_mistakes_get_one_line_and_an_exit_code(
    home: Home, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = langnghe(home.root, *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_home_each_command_says_how_to_make_one(tmp_path: Path) -> None:
    for command in ("crawl", "search", "label", "purge", "dashboard"):
        done = langnghe(tmp_path / "none", command)
        assert done.returncode == 3
        assert "init" in done.stderr
    assert not (tmp_path / "none").exists()


def test_init_never_overwrites(home: Home) -> None:
    key = home.key_file.read_text()
    done = langnghe(home.root, "--json", "init")
    assert json.loads(done.stdout)["made"] == []
    assert home.key_file.read_text() == key
    assert (home.configs / "sources.yaml").read_text(encoding="utf-8") == GROUP
