"""The addresses of the forms."""

from __future__ import annotations

from typing import Final

LOGIN: Final = "/dang-nhap"
OPENID: Final = "/dang-nhap/openid"
OPENID_DONE: Final = "/dang-nhap/openid/xong"
LOGOUT: Final = "/dang-xuat"
PASSWORD: Final = "/doi-mat-khau"  # noqa: S105  an address
ACCOUNT: Final = "/tai-khoan"
SECOND_FACTOR: Final = "/ma-xac-thuc"
REPORTS: Final = "/phieu"
NEW_REPORT: Final = "/phieu/moi"
REPORT_FORM: Final = "/phieu/nhap"
DRAFTS_SCRIPT: Final = "/phieu/ban-nhap.js"

OPEN: Final = frozenset({LOGIN, OPENID, OPENID_DONE})
"""Answer without a session."""

BEFORE_CHANGE: Final = OPEN | {PASSWORD, LOGOUT}
"""Answer while a password is to be changed."""
