"""On what terms a source is read, in words: how, how often, what is stored and for how long."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import Final

from langnghe.core.models import Channel
from langnghe.core.settings import Settings, Source, WebSource
from langnghe.core.vietnamese import number, short_decimal
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.due import limits
from langnghe.crawler.terms import ChannelTerms, Storable, kept_days, least_delay

ACCESS: Final[dict[Channel, str]] = {
    Channel.FEED: "Đọc bản tin RSS mà trang tự đăng cho máy đọc, và các bài công khai trong đó.",
    Channel.NEWS: "Đọc các bài công khai mà trang tự liệt kê trong mục tin hoặc sơ đồ trang.",
    Channel.COMMENTS: "Đọc bình luận mà trang cho mọi người xem dưới bài, không cần đăng nhập.",
    Channel.FORUM: "Đọc các chủ đề mà ai cũng xem được, không cần tài khoản.",
    Channel.DISCOURSE: "Đọc các chủ đề công khai qua giao diện JSON của diễn đàn, không cần tài "
    "khoản. Nếu robots.txt cấm giao diện này, hãy đổi nguồn sang kênh Diễn đàn.",
    Channel.TELEGRAM: "Đọc trang xem trước của kênh công khai mà ai cũng mở được bằng trình duyệt. "
    "Không đọc nhóm, kênh riêng tư và tin nhắn.",
    Channel.MASTODON: "Đọc bài công khai có gắn thẻ qua giao diện lập trình, không cần tài khoản. "
    "Máy chủ đóng với người ngoài thì không đọc.",
    Channel.BLUESKY: "Tìm qua giao diện lập trình bằng tài khoản của cơ quan; chỉ lấy bài mà người "
    "không có tài khoản cũng xem được.",
    Channel.YOUTUBE: "Đọc bình luận công khai dưới video của các kênh đã chọn qua giao diện lập "
    "trình của YouTube, bằng khóa của cơ quan.",
    Channel.FACEBOOK: "Đọc bài và bình luận công khai trên trang do cơ quan quản lý qua giao diện "
    "lập trình của Facebook. Không đọc tin nhắn, nhóm, trang cá nhân.",
    Channel.FILE: "Đọc tệp mà cơ quan tự xuất từ trang hay nhóm công khai của mình.",
}
"""How a channel is reached, and why that is open to us (`ChannelTerms.access`)."""

PARTS: Final[dict[Storable, str]] = {
    Storable.TEXT: "nội dung đã che thông tin cá nhân",
    Storable.TITLE: "tiêu đề",
    Storable.TIME: "thời gian đăng",
    Storable.THREAD: "trang công khai và bài được trả lời",
    Storable.REACTIONS: "số lượt bày tỏ cảm xúc",
}


def terms_html(source: Source, settings: Settings) -> str:
    """The terms of a source, folded up beneath its card."""
    terms = TERMS[source.channel]
    rows = [
        ("Cách đọc", ACCESS[source.channel]),
        ("robots.txt", _robots(terms)),
        ("Nhịp đọc", _pace(source, settings, terms)),
        ("Được lưu", _stored(terms)),
        ("Thời hạn", _kept(source, settings, terms)),
        ("Không đọc", "Tên, tài khoản, ảnh, địa chỉ trang cá nhân của người viết."),
    ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(says)}</dd>" for name, says in rows)
    return (
        '<details class="ln-terms"><summary>Đọc theo điều khoản nào</summary>'
        f"<dl>{listed}</dl></details>"
    )


def _robots(terms: ChannelTerms) -> str:
    if terms.obeys_robots:
        return "Tuân theo. Trang nào bị cấm thì không đọc."
    if terms.robots_exempt:
        return (
            "Không áp dụng: đây là giao diện lập trình có tài liệu, dùng bằng khóa theo điều khoản "
            "riêng của nền tảng."
        )
    return "Không áp dụng: không hỏi máy chủ nào."


def _pace(source: Source, settings: Settings, terms: ChannelTerms) -> str:
    shortest, longest = limits(source, settings.crawl)
    says = f"Xem lại sau {_length(shortest)}"
    if longest > shortest:
        says += f" đến {_length(longest)}, tùy nguồn có nhiều bài hay ít"
    if isinstance(source, WebSource):
        delay = least_delay(terms, source, settings.crawl.delay_seconds)
        if delay > 0:
            says += f". Mỗi lần hỏi cách nhau ít nhất {short_decimal(delay)} giây"
    if terms.rate.most_a_day is not None:
        says += f", không quá {number(terms.rate.most_a_day)} lần hỏi mỗi ngày"
    return f"{says}."


def _stored(terms: ChannelTerms) -> str:
    parts = ", ".join(PARTS[part] for part in Storable if part in terms.may_store)
    return f"{parts[0].upper()}{parts[1:]}."


def _kept(source: Source, settings: Settings, terms: ChannelTerms) -> str:
    days = kept_days(terms, source, settings.retention_days)
    says = f"Xóa nội dung sau {number(days)} ngày; chỉ giữ số đếm."
    if terms.recheck_days is not None and terms.recheck_days < days:
        says += (
            f" Bài không còn thấy ở nguồn trong {number(terms.recheck_days)} ngày thì xóa sớm hơn."
        )
    return says


def _length(time: timedelta) -> str:
    """`45 phút`, `6 giờ`, `2 ngày`, in the largest unit that divides it."""
    minutes = round(time / timedelta(minutes=1))
    for unit, name in ((1440, "ngày"), (60, "giờ")):
        if minutes % unit == 0:
            return f"{number(minutes // unit)} {name}"
    return f"{number(minutes)} phút"
