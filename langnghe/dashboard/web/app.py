"""The frame of all pages: the script that Streamlit runs.

Not beside the folder `pages`: until this script has run once, Streamlit would offer whatever lies
there as a page.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from langnghe.casework.accounts import Account
from langnghe.casework.roles import Permission
from langnghe.core.errors import ConfigError, LangNgheError
from langnghe.core.home import Home
from langnghe.dashboard import session
from langnghe.dashboard.components.doing import refusal
from langnghe.dashboard.context import names
from langnghe.dashboard.formats import shown_path
from langnghe.dashboard.navigation import PAGES_FOLDER, pages_of
from langnghe.dashboard.shared import home

_STYLE = Path(__file__).parents[1] / "style.css"


def main() -> None:
    """Show the page that the address names."""
    st.set_page_config(page_title="Lắng Nghe", page_icon="👂", layout="wide")
    st.html(_STYLE)
    account = None
    try:
        account = session.current()
        page = st.navigation(
            [
                # The address "/" leads on before Streamlit sees it (`web.shell`). This page has
                # it so that each of the others keeps its own, whoever looks.
                st.Page(_start, title="Lắng Nghe", default=True, visibility="hidden"),
                *(
                    st.Page(
                        PAGES_FOLDER / entry.file,
                        title=entry.title,
                        icon=f":material/{entry.icon}:",
                        url_path=entry.url,
                    )
                    for entry in pages_of(account.actor)
                ),
            ],
            position="top",
        )
        here = home()
        session.frame(_institution(), account)
        if here.is_sample():
            st.html(
                '<p class="ln-sample" role="note"><strong>Dữ liệu mẫu.</strong> Nội dung hư cấu, '
                f"đọc từ trang mẫu đi kèm.{_to_real_sources(here) if _manages(account) else ''}</p>"
            )
        page.run()
    except ConfigError as error:
        # Its text quotes the file, and says where on the server it lies.
        st.error(
            str(error)
            if account is not None and _manages(account)
            else "Cấu hình của dịch vụ đang có lỗi nên chưa mở được trang này. Hãy báo quản trị "
            "viên: lỗi và cách sửa hiện ra khi quản trị viên mở trang."
        )
    except LangNgheError as error:
        refusal(error)


def _manages(account: Account) -> bool:
    return account.actor.may(Permission.MANAGE_SOURCES)


def _to_real_sources(here: Home) -> str:
    path = shown_path(here.root.parent / "configs" / "sources.yaml")
    return (
        f" Để đọc nguồn thật, thêm nguồn tin vào tệp <code>{escape(path)}</code> rồi chạy lại "
        "dịch vụ."
    )


def _institution() -> str:
    """Whose service it is; a mistake in the configuration must not shut out who can mend it."""
    try:
        return names().institution
    except ConfigError:
        return "Lắng Nghe"


def _start() -> None:
    st.info("Hãy chọn một trang ở thanh phía trên.")


main()
