from __future__ import annotations

from langnghe.crawler.deidentify import MaskKind
from langnghe.dashboard.desk import MASK_NAMES, mask, personal_data


def test_personal_data_are_named_as_people_call_them() -> None:
    assert set(MASK_NAMES) == set(MaskKind)
    text = "Gọi anh Nguyễn Văn Tuấn, 0912 345 678 hay 0987 654 321"
    assert sorted(personal_data(text)) == ["họ tên", "số điện thoại"]
    assert personal_data("Đường vào bản Sơn Bình hỏng đã lâu.") == []
    assert personal_data(mask(text)) == []
