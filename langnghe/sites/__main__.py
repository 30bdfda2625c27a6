"""`python -m langnghe.sites`: serve the sample site until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import datetime
from types import FrameType

from langnghe.core.clock import LOCAL_ZONE, SystemClock
from langnghe.core.errors import LangNgheError
from langnghe.sites.server import SampleSite


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)


def main() -> int:
    """Read the arguments, serve, and wait."""
    parser = argparse.ArgumentParser(
        prog="python -m langnghe.sites", description="Trang mẫu, nội dung hư cấu."
    )
    parser.add_argument("--port", type=int, default=8765, help="cổng trên 127.0.0.1 (0: tự chọn)")
    parser.add_argument(
        "--now",
        type=_moment,
        help="thời điểm của bài mới nhất, ví dụ 2026-11-21T08:00 (mặc định: bây giờ)",
    )
    parser.add_argument("--sources", action="store_true", help="in sources.yaml của trang mẫu")
    arguments = parser.parse_args()
    done = threading.Event()

    def finish(_number: int, _frame: FrameType | None) -> None:
        done.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    try:
        site = SampleSite(arguments.now or SystemClock().now(), arguments.port)
    except LangNgheError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    with site:
        sys.stdout.write(site.sources() if arguments.sources else f"{site.base_url}\n")
        sys.stdout.flush()
        done.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
