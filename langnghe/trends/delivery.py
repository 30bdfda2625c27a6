"""Tells of alerts by e-mail and webhook: figures only, again and again until it worked.

A message is taken, sent, and then noted as sent: one that was sent when the machine stopped is
sent again, with the same `Message-ID` or `Idempotency-Key`, by which the other side may know it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Final

import httpx2

from langnghe.core.clock import LOCAL_ZONE, Clock
from langnghe.store.alerts import Alerts, MessageState
from langnghe.store.transactions import Transactions
from langnghe.trends.alerts import Alert, Seen, alert_of
from langnghe.trends.alertsettings import AlertSecrets, AlertSettings, EmailSettings, Webhook
from langnghe.trends.alerttexts import FIGURES_ONLY, headline, message, sentences

TIMEOUT_SECONDS: Final = 20.0
LEASE: Final = timedelta(minutes=10)
"""Longer than sending can take: until then no other process tries the same."""

FIRST_RETRY: Final = timedelta(minutes=1)
LONGEST_RETRY: Final = timedelta(hours=6)
MOST_ATTEMPTS: Final = 14
"""Two days and some hours in all: a mail server that is down over a weekend comes back."""

SIGNATURE: Final = "X-Lang-Nghe-Signature"


@dataclass(frozen=True, slots=True)
class Named:
    """What things are called in a message."""

    topics: Mapping[str, str]
    sources: Mapping[str, str]
    institution: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of the messages that were due."""

    sent: int = 0
    later: int = 0
    """Did not work; will be tried again."""
    failed: int = 0
    """Will not be tried again."""


class RefusedError(Exception):
    """Trying again would end the same; the text is the key of the problem."""


class PassingError(Exception):
    """It may work later; the text is the key of the problem."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What recipients are told, as an e-mail and as data. Never what somebody wrote."""

    id: str
    """The same whenever it is sent again."""
    subject: str
    text: str
    data: Mapping[str, object]


def deliver(
    database: Transactions,
    settings: AlertSettings,
    secrets: AlertSecrets,
    named: Named,
    clock: Clock,
) -> Delivered:
    """Send every message that is due; never raises for what the other side does."""
    store = Alerts(database)
    sent = later = failed = 0
    while (taken := store.take(clock.now(), LEASE)) is not None:
        alert = alert_of(store, taken.alert)
        try:
            letter = _letter(alert, settings, named)
            send(letter, taken.recipient, settings, secrets, clock.now())
        except PassingError as problem:
            if taken.attempts < MOST_ATTEMPTS:
                at = clock.now() + retry_after(taken.attempts)
                if not (alert.is_urgent and settings.urgent_at_once):
                    at = settings.quiet_hours.end_after(at)
                store.settle(taken, MessageState.WAITING, str(problem), at)
                later += 1
                continue
            store.settle(taken, MessageState.FAILED, str(problem))
            failed += 1
        except RefusedError as problem:
            store.settle(taken, MessageState.FAILED, str(problem))
            failed += 1
        else:
            store.settle(taken, MessageState.SENT)
            sent += 1
    return Delivered(sent, later, failed)


def retry_after(attempts: int) -> timedelta:
    """The wait after so many attempts: twice as long each time, up to LONGEST_RETRY."""
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_RETRY * doublings, LONGEST_RETRY)


def try_all(
    settings: AlertSettings, secrets: AlertSecrets, named: Named, sample: Alert, now: datetime
) -> dict[str, str]:
    """Send a made-up alert to all recipients at once; gives the problem of each, or an empty text.

    Args:
        settings: with the recipients.
        secrets: password and signature.
        named: names in the message.
        sample: what is told; its topic's title should say that it is a trial.
        now: the present.
    """
    problems = {}
    for recipient in settings.recipients():
        try:
            send(_letter(sample, settings, named), recipient, settings, secrets, now)
            problems[recipient] = ""
        except (RefusedError, PassingError) as problem:
            problems[recipient] = str(problem)
    return problems


PROBLEMS: Final[Mapping[str, str]] = {
    "not_configured": "người nhận không còn trong alerts.yaml",
    "mail_login": "máy chủ thư từ chối đăng nhập; kiểm tra tên và mật khẩu",
    "mail_refused": "máy chủ thư từ chối địa chỉ hoặc nội dung",
    "mail_insecure": "máy chủ thư không có kết nối mã hóa như cấu hình yêu cầu",
    "mail_server": "máy chủ thư chưa nhận được thư; sẽ thử lại",
    "unreachable": "không kết nối được; sẽ thử lại",
    "hook_refused": "webhook từ chối; kiểm tra địa chỉ",
    "hook_server": "webhook chưa nhận được; sẽ thử lại",
}
"""What went wrong, by key."""


def send(
    letter: Letter, recipient: str, settings: AlertSettings, secrets: AlertSecrets, now: datetime
) -> None:
    """Send a letter to one recipient (`AlertSettings.recipients`).

    Raises:
        RefusedError: it is refused, or the recipient is none any more.
        PassingError: it may work later.
    """
    kind, _, name = recipient.partition(":")
    if recipient not in settings.recipients():
        raise RefusedError("not_configured")
    if kind == "mail":
        _mail(_email(letter, name, settings.email.sender, now), settings.email, secrets)
    else:
        webhook = next(one for one in settings.webhooks if one.name == name)
        body = json.dumps(letter.data, ensure_ascii=False).encode()
        _post(body, letter.id, webhook, secrets)


def _letter(alert: Alert, settings: AlertSettings, named: Named) -> Letter:
    return Letter(
        alert.id,
        headline(alert, named.topics),
        message(alert, named.topics, named.sources, named.institution, settings.page),
        _data(alert, settings.page, named),
    )


def _email(letter: Letter, address: str, sender: str, now: datetime) -> MIMEText:
    # Not `EmailMessage`: Python 3.11 loses spaces where it folds a long subject.
    mail = MIMEText(letter.text, "plain", "utf-8")
    # Encoded here: as a plain text it would not be folded as RFC 2047 asks.
    subject = " ".join(letter.subject.split())
    mail["Subject"] = Header(subject, "utf-8", header_name="Subject").encode()
    mail["From"] = sender
    mail["To"] = address
    mail["Date"] = format_datetime(now.astimezone(LOCAL_ZONE))
    who = hashlib.sha256(address.encode()).hexdigest()[:16]
    mail["Message-ID"] = f"<{letter.id}.{who}@{sender.rpartition('@')[2]}>"
    # RFC 3834: no out-of-office answer is to come back.
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _mail(mail: MIMEText, settings: EmailSettings, secrets: AlertSecrets) -> None:
    try:
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if settings.security == "tls":
            server = smtplib.SMTP_SSL(
                settings.server, settings.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(settings.server, settings.port, timeout=TIMEOUT_SECONDS)
        with server:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.username and secrets.smtp_password is not None:
                server.login(settings.username, secrets.smtp_password.get_secret_value())
            server.send_message(mail)
    except smtplib.SMTPAuthenticationError as error:
        # A password that is being changed: whoever mends it wants the message to go out.
        raise PassingError("mail_login") from error
    except smtplib.SMTPNotSupportedError as error:
        raise PassingError("mail_insecure") from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise (RefusedError if min(codes) >= 500 else PassingError)("mail_refused") from error
    except smtplib.SMTPResponseException as error:
        raise (RefusedError if error.smtp_code >= 500 else PassingError)("mail_server") from error
    except smtplib.SMTPException as error:
        raise PassingError("mail_server") from error
    except OSError as error:
        raise PassingError("unreachable") from error


def _data(alert: Alert, page: str, named: Named) -> dict[str, object]:
    return {
        "id": alert.id,
        "kind": "urgent" if alert.is_urgent else "topic",
        "topic": alert.topic,
        "title": headline(alert, named.topics),
        "text": "\n".join((*sentences(alert, named.topics, named.sources), FIGURES_ONLY)),
        "began_on": alert.began_on.isoformat(),
        "opened_at": alert.opened_at.isoformat(),
        "first": _figures(alert.first),
        "peak": _figures(alert.peak),
        "page": f"{page.rstrip('/')}/xu-huong" if page else "",
        "institution": named.institution,
    }


def _figures(seen: Seen) -> dict[str, object]:
    return {
        "since": seen.since.isoformat(),
        "until": seen.until.isoformat(),
        "posts": seen.count,
        "expected": seen.expected,
    }


def _post(body: bytes, letter_id: str, webhook: Webhook, secrets: AlertSecrets) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": letter_id}
    if secrets.webhook_secret is not None:
        key = secrets.webhook_secret.get_secret_value().encode()
        headers[SIGNATURE] = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
    try:
        # A redirection is not followed: figures go to the address that was written down.
        answer = httpx2.post(webhook.url, content=body, headers=headers, timeout=TIMEOUT_SECONDS)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise PassingError("unreachable") from error
    if answer.is_success:
        return
    again = answer.status_code in {408, 425, 429} or answer.is_server_error
    raise PassingError("hook_server") if again else RefusedError("hook_refused")
