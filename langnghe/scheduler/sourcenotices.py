"""Tells administrators of sources that need them, through the channels of alerts.

What is said is about the source alone: its title, since when, the likely cause, what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Final

from langnghe.core.clock import Clock
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.sourcenotice import told
from langnghe.dashboard.problems import CAUSES
from langnghe.store.sourcenotices import SourceNotice, SourceNotices
from langnghe.trends import delivery
from langnghe.trends.alertsettings import AlertSecrets, AlertSettings
from langnghe.trends.delivery import Delivered, Letter

GIVE_UP_AFTER: Final = timedelta(days=2)
"""As with alerts: a mail server that is down over a weekend comes back."""


def tell(
    notices: SourceNotices,
    settings: AlertSettings,
    secrets: AlertSecrets,
    titles: Mapping[str, str],
    institution: str,
    clock: Clock,
) -> Delivered:
    """Tell each recipient of alerts in one letter of the notices that are new to it.

    What could not be sent is tried again whenever this runs, for two days.

    Args:
        notices: those that hold and were not told yet are sent.
        settings: who is told, and when not.
        secrets: password and signature.
        titles: of the configured sources, by name; nothing is said of others.
        institution: whose service it is.
        clock: tells the time.
    """
    now = clock.now()
    if settings.quiet_hours.end_after(now) > now:
        return Delivered()
    new = [
        notice
        for notice in notices.going_on()
        if notice.source in titles and now - notice.since < GIVE_UP_AFTER
    ]
    sent = later = failed = 0
    for recipient in settings.recipients():
        untold = [notice for notice in new if recipient not in notice.told]
        if not untold:
            continue
        try:
            letter = _letter(untold, titles, settings.page, institution)
            delivery.send(letter, recipient, settings, secrets, now)
        except delivery.PassingError:
            later += 1
            continue
        except delivery.RefusedError:
            failed += 1
        else:
            sent += 1
        # Also what was refused: the same again would be refused again.
        for notice in untold:
            notices.tell(notice, [recipient])
    return Delivered(sent, later, failed)


def _letter(
    notices: Sequence[SourceNotice], titles: Mapping[str, str], page: str, institution: str
) -> Letter:
    named = "|".join(f"{one.source} {one.kind} {one.since.isoformat()}" for one in notices)
    subject = (
        f"Nguồn tin «{titles[notices[0].source]}» cần được xem lại"
        if len(notices) == 1
        else f"{number(len(notices))} nguồn tin cần được xem lại"
    )
    address = f"{page.rstrip('/')}/nguon-tin" if page else ""
    parts = [
        f"{subject}.",
        *(
            f"«{titles[one.source]}»: {told(one)}\nViệc cần làm: {CAUSES[one.cause].cure}"
            for one in notices
        ),
        "Khi một nguồn gặp trục trặc, số bài giảm không có nghĩa là người dân bớt quan tâm.",
        *([f"Xem trang Nguồn tin: {address}"] if address else []),
        f"{institution}, dịch vụ Lắng Nghe (thư gửi tự động).",
    ]
    data: dict[str, object] = {
        "kind": "sources",
        "title": subject,
        "sources": [
            {
                "source": one.source,
                "title": titles[one.source],
                "kind": one.kind.value,
                "cause": one.cause.value,
                "since": one.since.isoformat(),
                "text": told(one),
                "cure": CAUSES[one.cause].cure,
            }
            for one in notices
        ],
        "page": address,
        "institution": institution,
    }
    identifier = f"NT.{sha256(named.encode()).hexdigest()[:16]}"
    return Letter(identifier, subject, "\n\n".join(parts) + "\n", data)
