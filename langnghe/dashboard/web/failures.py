"""What becomes of a page that fails by a fault of ours.

Streamlit would say so in English, and write the error's message, which can hold a post's text, to
where the service keeps nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import streamlit as st

from langnghe.core.home import Home
from langnghe.core.logs import open_log

LOG_FILE = "dashboard.log"

logger = logging.getLogger(__name__)


def failures_of(here: Home) -> Callable[[Exception], bool]:
    """What Streamlit is to call with an error that no page foresaw."""
    handler = open_log(here.logs / LOG_FILE)
    logger.handlers[:] = [handler]
    # Nothing goes on to the screen, where it would be written with the error's message.
    logger.propagate = False

    def on_error(error: Exception) -> bool:
        logger.error("a page failed", exc_info=error)
        st.error(
            "Trang gặp lỗi và chưa hiện được hết. Những gì đã lưu vẫn còn. Hãy tải lại trang; nếu "
            f"vẫn lỗi, hãy báo quản trị viên gửi tệp logs/{LOG_FILE} cho người phát triển."
        )
        return True

    return on_error
