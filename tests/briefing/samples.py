"""Documents with everything in them, to look at and to measure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from langnghe.briefing.content import (
    Block,
    Chart,
    ChartKind,
    Deck,
    Document,
    DocumentKind,
    Heading,
    Paragraph,
    Signature,
    Slide,
    Table,
)
from langnghe.core.institution import LayoutName

DRAFT_NOTE = "Dự thảo do máy hỗ trợ, cần cán bộ kiểm tra"
DATED = date(2026, 11, 20)

TOPICS = Table(
    "Bài, ý kiến thu thập được theo chủ đề và khuynh hướng",
    ("Chủ đề", "Tích cực", "Trung tính", "Tiêu cực"),
    (
        ("Đường giao thông, cầu cống", 12, 40, 162),
        ("Du lịch, đèo Ô Quý Hồ", 55, 21, 9),
        ("Đất đai, giải phóng mặt bằng", 3, 18, 47),
        ("Miến dong, chè, lúa Séng Cù", 31, 12, 6),
        ("Chính quyền số, thủ tục hành chính", None, None, None),
    ),
    "Chủ đề có dưới 5 bài không được chia nhỏ. Nguồn Diễn đàn Tam Đường không truy cập được từ "
    "ngày 03/11 đến ngày 05/11/2026.",
)
WEEKS = Table(
    "Số bài, ý kiến theo tuần",
    ("Tuần bắt đầu", "Đường giao thông", "Du lịch", "Đất đai"),
    tuple(
        (date(2026, 10, 16) + timedelta(days=7 * week), 30 + 17 * week, 20 + week, 18 - 2 * week)
        for week in range(5)
    ),
)
SHARES = Table(
    "Phản ánh, kiến nghị",
    ("Nội dung", "Số lượng", "Tỷ lệ"),
    (
        ("Đã tiếp nhận", 1234, 1.0),
        ("Đã trả lời đúng hạn", 987, 0.8),
        ("Quá hạn", 12, 0.0097),
    ),
)
WIDE = Table(
    "Bài, ý kiến theo địa bàn, loại ý kiến và kênh",
    (
        "Địa bàn",
        "Phàn nàn",
        "Câu hỏi",
        "Đề xuất, góp ý",
        "Khen, cảm ơn",
        "Thông tin",
        "Ý kiến khác",
        "Trang tin",
        "Diễn đàn",
        "Bình luận",
        "Tổng",
    ),
    tuple(
        (f"Bản {name}", 120 + row, 12, 9, 7, 30, None, 40, 2345, 99, 12345)
        for row, name in enumerate(
            ("Chu Va 12", "Nà Phát", "Tả Chải", "Sì Thâu Chải", "Hoa Vân", "Thèn Pá", "Nà Hum") * 5
        )
    ),
)
LONG = (
    "Trong 214 bài, ý kiến thu thập được về đường giao thông từ ngày 16/10 đến ngày 15/11/2026, "
    "162 ý kiến phản ánh tình trạng sạt lở taluy dương tại Km 78 quốc lộ 4D, đoạn qua bản Chu Va "
    "12, gây ách tắc kéo dài; một số ý kiến băn khoăn về tiến độ khắc phục và đề nghị công bố lịch "
    "thông xe hằng ngày trên loa truyền thanh cơ sở."
)


def report() -> Document:
    """A month's report with an appendix of two parts."""
    body: tuple[Block, ...] = (
        Heading(1, "Tình hình tư tưởng, dư luận xã hội"),
        Heading(2, "Tình hình chung"),
        Paragraph(LONG, ("topic.roads.posts",)),
        Paragraph("Nhân dân phấn khởi trước mùa du lịch;\nđồng thời lo lắng về mưa lũ."),
        Chart(
            ChartKind.STACKED,
            TOPICS,
            "Đường giao thông có nhiều ý kiến nhất, phần lớn tiêu cực; du lịch phần lớn tích cực.",
        ),
        Heading(2, "Những vấn đề dư luận quan tâm"),
        Heading(3, "Tình hình thế giới, trong nước"),
        Paragraph("Không có vấn đề nổi bật trong các nguồn thu thập được."),
        Heading(3, "Trong tỉnh và trên địa bàn xã"),
        Heading(4, "Kinh tế; đất đai, giải phóng mặt bằng"),
        *(Paragraph(LONG) for _ in range(3)),
        Paragraph("Đề nghị công khai phương án bồi thường;", bullet=True),
        Paragraph("đề nghị đối thoại tại bản.", bullet=True),
        TOPICS,
        Chart(ChartKind.LINES, WEEKS, "Ý kiến về đường giao thông tăng từng tuần."),
        Heading(1, "Kết quả tiếp nhận, trả lời phản ánh, kiến nghị của Nhân dân"),
        Paragraph(LONG),
        SHARES,
        Chart(ChartKind.BARS, SHARES, "1.234 phản ánh được tiếp nhận, 987 trả lời đúng hạn."),
        Heading(1, "Nhận định, dự báo"),
        *(Paragraph(LONG) for _ in range(4)),
        Heading(1, "Định hướng nội dung cần nắm bắt, tuyên truyền tháng tới"),
        Paragraph(LONG),
    )
    return Document(
        kind=DocumentKind.REPORT,
        parent_body="ĐẢNG BỘ TỈNH LAI CHÂU",
        body="ĐẢNG ỦY XÃ BÌNH LƯ",
        number="5",
        symbol="BC/ĐU",
        place="Bình Lư",
        dated=DATED,
        title="BÁO CÁO",
        subject="tình hình dư luận xã hội tháng 11 năm 2026",
        addressees=("Ban Tuyên giáo và Dân vận Tỉnh ủy",),
        blocks=body,
        recipients=(
            "Ban Tuyên giáo và Dân vận Tỉnh ủy (để báo cáo)",
            "Thường trực Đảng ủy",
            "Các chi bộ trực thuộc",
            "Lưu VPĐU",
        ),
        signatures=(Signature("T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ", "Nguyễn Thị Ánh Tuyết"),),
        appendix=(
            Heading(1, "Bảng số liệu"),
            Heading(2, "Theo địa bàn"),
            WIDE,
            Heading(1, "Danh mục nguồn"),
            Paragraph("Cổng thông tin điện tử xã Bình Lư (mẫu).", bullet=True),
            SHARES,
        ),
        draft_note=DRAFT_NOTE,
        internal=True,
    )


def state_report() -> Document:
    """The same of the People's Committee, with long names everywhere."""
    return replace(
        report(),
        parent_body="ỦY BAN NHÂN DÂN TỈNH LAI CHÂU",
        body="ỦY BAN NHÂN DÂN XÃ BÌNH LƯ",
        symbol="BC-UBND",
        number="",
        dated=None,
        subject="tình hình dư luận xã hội tháng 11 năm 2026 và kết quả tiếp nhận, xử lý, trả lời "
        "phản ánh, kiến nghị của Nhân dân trên địa bàn xã Bình Lư, tỉnh Lai Châu từ ngày 16 tháng "
        "10 đến ngày 15 tháng 11",
        addressees=("Ủy ban nhân dân tỉnh Lai Châu", "Sở Văn hóa, Thể thao và Du lịch"),
        signatures=(Signature("T/M ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Lò Văn Hặc"),),
        recipients=("Ủy ban nhân dân tỉnh (để báo cáo)", "Lưu: VT"),
    )


def minutes() -> Document:
    """Minutes of the meeting, signed by two."""
    return replace(
        report(),
        kind=DocumentKind.MINUTES,
        symbol="BB/ĐU",
        title="BIÊN BẢN",
        subject="hội nghị giao ban cộng tác viên dư luận xã hội tháng 11 năm 2026",
        addressees=(),
        blocks=(
            Heading(1, "Thời gian, địa điểm, thành phần"),
            Paragraph("Khai mạc lúc 8 giờ 00 phút ngày 20 tháng 11 năm 2026 tại trụ sở Đảng ủy."),
            Paragraph("Có mặt: 18 đồng chí; vắng mặt: 02 đồng chí.", ("meeting.present",)),
            Heading(1, "Nội dung"),
            Paragraph(LONG),
            Heading(1, "Kết luận"),
            Paragraph("Hội nghị kết thúc lúc 11 giờ 30 phút cùng ngày."),
        ),
        recipients=("Lưu VPĐU",),
        signatures=(
            Signature("", "NGƯỜI GHI BIÊN BẢN", "Giàng A Sử"),
            Signature("", "CHỦ TRÌ HỘI NGHỊ", "Nguyễn Thị Ánh Tuyết"),
        ),
        appendix=(),
    )


def of_layout(name: LayoutName) -> Document:
    """The report that such an issuer writes."""
    return state_report() if name is LayoutName.ND30 else report()


def deck() -> Deck:
    """Slides of a month, one of them with more to say than a slide holds."""
    issue = (
        Paragraph("162 trong 214 ý kiến phản ánh sạt lở tại Km 78", ("topic.roads.negative",)),
        Paragraph("Luồng ý kiến mới: đề nghị công bố lịch thông xe"),
        Paragraph("Đề xuất: làm việc với đơn vị quản lý đường trong tuần"),
    )
    return Deck(
        body="ĐẢNG ỦY XÃ BÌNH LƯ",
        title="TÌNH HÌNH DƯ LUẬN XÃ HỘI THÁNG 11 NĂM 2026",
        subtitle="Hội nghị giao ban cộng tác viên dư luận xã hội, kỳ từ 16/10 đến 15/11/2026",
        slides=(
            Slide(
                "Số liệu chung",
                issue[:2],
                chart=Chart(ChartKind.STACKED, TOPICS, "Đường giao thông có nhiều ý kiến nhất."),
                notes="Nhắc rằng đây là số bài, ý kiến thu thập được, không phải mọi người dân.",
            ),
            Slide("Đường giao thông: sạt lở tại Km 78 quốc lộ 4D, đoạn qua bản Chu Va 12", issue),
            Slide("Diễn biến theo tuần", (), chart=Chart(ChartKind.LINES, WEEKS, "Tăng dần.")),
            Slide("Đất đai, giải phóng mặt bằng", tuple(Paragraph(LONG) for _ in range(4))),
            Slide("Phản ánh, kiến nghị", issue[:1], table=SHARES),
            Slide("Quá hạn", (), chart=Chart(ChartKind.BARS, SHARES, "12 quá hạn.")),
            Slide("Địa bàn", (), table=replace(WIDE, rows=WIDE.rows[:7])),
            Slide("Định hướng tháng tới", issue),
        ),
        draft_note=DRAFT_NOTE,
    )
