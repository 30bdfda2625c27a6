"""Alerts reach people through a real mail server and a real web server, or are tried again."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from langnghe.core.clock import LOCAL_ZONE, FixedClock
from langnghe.store.alerts import Alerts, MessageState
from langnghe.store.database import Database
from langnghe.store.transactions import Transactions
from langnghe.trends.alerts import follow
from langnghe.trends.alertsettings import AlertSecrets, AlertSettings
from langnghe.trends.delivery import (
    FIRST_RETRY,
    LEASE,
    LONGEST_RETRY,
    MOST_ATTEMPTS,
    PROBLEMS,
    SIGNATURE,
    Delivered,
    Named,
    deliver,
    retry_after,
)
from langnghe.trends.period import Period
from langnghe.trends.spikes import URGENT, Rise

NOON = datetime(2026, 11, 12, 12, tzinfo=LOCAL_ZONE)
NIGHT = datetime(2026, 11, 12, 23, tzinfo=LOCAL_ZONE)
MORNING = datetime(2026, 11, 13, 6, 30, tzinfo=LOCAL_ZONE)
NAMED = Named({"che": "Chè"}, {}, "Xã Bình Lư")
SECRETS = AlertSecrets(smtp_password=None, webhook_secret=None)
TO = "vanphong@binhlu.example.vn"


@dataclass
class Mailbox:
    """What a mail server was handed; `answer` is what it says to each mail."""

    answer: str = "250 OK"
    recipient_answer: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)
    users: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            content = cast("bytes", envelope.content)
            self.mails.append(message_from_bytes(content, policy=default))
        return self.answer

    def log_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == b"mat khau thu", handled=False)


@contextmanager
def mail_server(box: Mailbox, **options: Any) -> Iterator[int]:
    server = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Hook:
    """What a web server was sent; `statuses` are its answers, the last one for ever."""

    statuses: list[int] = field(default_factory=lambda: [204])
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def web_server(hook: Hook) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.requests.append((dict(self.headers), body))
            status = hook.statuses.pop(0) if len(hook.statuses) > 1 else hook.statuses[0]
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def mailing(port: int, **more: object) -> AlertSettings:
    email = {
        "server": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "langnghe@binhlu.example.vn",
        "recipients": [TO],
        **more,
    }
    return AlertSettings.model_validate({"email": email, "page": "https://nghe.example.vn"})


def hooking(url: str) -> AlertSettings:
    return AlertSettings.model_validate({"webhooks": [{"name": "phong-truc", "url": url}]})


def raised(
    database: Transactions, settings: AlertSettings, now: datetime = NOON, topic: str = "che"
) -> str:
    """Make an alert; gives its id."""
    day = date(2026, 11, 12)
    found = {topic: Rise(topic, Period(day - timedelta(days=1), day), 24, 8.0, 1e-5)}
    (alert_id,) = follow(database, found, settings, now).opened
    return alert_id


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "langnghe.db")
    yield made
    made.close()


Send = Callable[[AlertSettings, FixedClock], Delivered]


@pytest.fixture
def send(database: Database) -> Send:
    return lambda settings, clock: deliver(database, settings, SECRETS, NAMED, clock)


def test_a_mail_has_figures_and_a_link(database: Database, send: Send) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        settings = mailing(port)
        alert_id = raised(database, settings)
        clock = FixedClock(NOON)
        assert send(settings, clock) == Delivered(sent=1)
        assert send(settings, clock) == Delivered()
    (mail,) = box.mails
    assert mail["Subject"] == "Cảnh báo: ý kiến về «Chè» tăng bất thường"
    assert mail["To"] == TO
    assert mail["Auto-Submitted"] == "auto-generated"
    assert alert_id in mail["Message-ID"]
    text = mail.get_content()
    assert "24 bài" in text
    assert "https://nghe.example.vn/xu-huong" in text
    assert "không có nội dung bài đăng" in text


def test_a_hook_gets_json_that_is_signed(database: Database) -> None:
    hook = Hook()
    with web_server(hook) as url:
        settings = hooking(url)
        alert_id = raised(database, settings)
        secrets = AlertSecrets(webhook_secret=SecretStr("bí mật"))
        assert deliver(database, settings, secrets, NAMED, FixedClock(NOON)).sent == 1
    ((headers, body),) = hook.requests
    told = json.loads(body)
    assert told["id"] == headers["Idempotency-Key"] == alert_id
    assert told["peak"] == {
        "since": "2026-11-11",
        "until": "2026-11-12",
        "posts": 24,
        "expected": 8.0,
    }
    signature = hmac.new("bí mật".encode(), body, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE] == f"sha256={signature}"
    assert set(told) == {
        *("id", "kind", "topic", "title", "text", "began_on", "opened_at", "first", "peak"),
        *("page", "institution"),
    }


def test_what_does_not_work_is_tried_again_later_and_later(database: Database, send: Send) -> None:
    hook = Hook([503, 429, 204])
    clock = FixedClock(NOON)
    with web_server(hook) as url:
        settings = hooking(url)
        alert_id = raised(database, settings)
        assert send(settings, clock) == Delivered(later=1)
        assert send(settings, clock) == Delivered()
        clock.advance(FIRST_RETRY)
        assert send(settings, clock) == Delivered(later=1)
        clock.advance(FIRST_RETRY)
        assert send(settings, clock) == Delivered()
        clock.advance(FIRST_RETRY)
        assert send(settings, clock) == Delivered(sent=1)
    assert len(hook.requests) == 3
    (message,) = Alerts(database).messages(alert_id)
    assert (message.state, message.attempts) == (MessageState.SENT, 3)


def test_where_nobody_answers_it_is_given_up_after_days(database: Database, send: Send) -> None:
    settings = hooking(f"http://127.0.0.1:{free_port()}/hook")
    alert_id = raised(database, settings)
    clock = FixedClock(NOON)
    results = []
    while Alerts(database).messages(alert_id)[0].state is MessageState.WAITING:
        results.append(send(settings, clock))
        clock.advance(LONGEST_RETRY)
    tried = [result for result in results if result != Delivered()]
    assert tried == [Delivered(later=1)] * (MOST_ATTEMPTS - 1) + [Delivered(failed=1)]
    assert clock.now() - NOON > timedelta(days=2)
    assert Alerts(database).messages(alert_id)[0].problem == "unreachable"


@pytest.mark.parametrize(
    ("status", "result", "problem"),
    [
        (404, Delivered(failed=1), "hook_refused"),
        (302, Delivered(failed=1), "hook_refused"),
        (500, Delivered(later=1), "hook_server"),
    ],
)
def test_a_hook_that_refuses_is_not_tried_again(
    database: Database, send: Send, status: int, result: Delivered, problem: str
) -> None:
    hook = Hook([status])
    with web_server(hook) as url:
        settings = hooking(url)
        alert_id = raised(database, settings)
        assert send(settings, FixedClock(NOON)) == result
    assert len(hook.requests) == 1
    assert Alerts(database).messages(alert_id)[0].problem == problem
    assert problem in PROBLEMS


@pytest.mark.parametrize(
    ("box", "result"),
    [
        (Mailbox(recipient_answer="550 no such box"), Delivered(failed=1)),
        (Mailbox(recipient_answer="451 greylisted"), Delivered(later=1)),
        (Mailbox(answer="554 no"), Delivered(failed=1)),
        (Mailbox(answer="452 full"), Delivered(later=1)),
    ],
)
def test_a_mail_server_that_refuses_for_good_is_believed(
    database: Database, send: Send, box: Mailbox, result: Delivered
) -> None:
    with mail_server(box) as port:
        settings = mailing(port)
        raised(database, settings)
        assert send(settings, FixedClock(NOON)) == result
    assert box.mails == []


def certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_mail_is_handed_in_encrypted_and_logged_in(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    box = Mailbox()
    options: dict[str, Any] = {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": box.log_in,
        "auth_required": True,
    }
    secrets = AlertSecrets(smtp_password=SecretStr("mat khau thu"))
    clock = FixedClock(NOON)
    with mail_server(box, **options) as port:
        settings = mailing(port, security="starttls", username="langnghe")
        raised(database, settings)
        # A certificate that nobody vouches for gets neither the mail nor the password.
        assert deliver(database, settings, secrets, NAMED, clock) == Delivered(later=1)
        assert (box.mails, box.users) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        clock.advance(FIRST_RETRY)
        wrong = AlertSecrets(smtp_password=SecretStr("khong phai"))
        assert deliver(database, settings, wrong, NAMED, clock) == Delivered(later=1)
        clock.advance(FIRST_RETRY * 2)
        assert deliver(database, settings, secrets, NAMED, clock) == Delivered(sent=1)
    # The wrong password was offered in both ways that the server knows.
    assert box.users == ["langnghe"] * 3
    assert len(box.mails) == 1


def test_a_server_without_encryption_gets_nothing_where_it_is_asked_for(
    database: Database, send: Send
) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        settings = mailing(port, security="starttls")
        alert_id = raised(database, settings)
        assert send(settings, FixedClock(NOON)) == Delivered(later=1)
    assert box.mails == []
    assert Alerts(database).messages(alert_id)[0].problem == "mail_insecure"


def test_at_night_nobody_is_told_until_the_morning(database: Database, send: Send) -> None:
    hook = Hook()
    clock = FixedClock(NIGHT)
    with web_server(hook) as url:
        settings = hooking(url)
        raised(database, settings, NIGHT)
        assert not Alerts(database).is_due(clock.now())
        assert send(settings, clock) == Delivered()
        clock.at = MORNING
        assert Alerts(database).is_due(clock.now())
        assert send(settings, clock) == Delivered(sent=1)


def test_danger_to_life_does_not_wait_unless_it_is_told_to(database: Database, send: Send) -> None:
    hook = Hook([503, 204])
    clock = FixedClock(NIGHT)
    with web_server(hook) as url:
        settings = hooking(url)
        raised(database, settings, NIGHT, URGENT)
        assert send(settings, clock) == Delivered(later=1)
        clock.advance(FIRST_RETRY)
        assert send(settings, clock) == Delivered(sent=1)
        assert json.loads(hook.requests[-1][1])["kind"] == "urgent"


def test_danger_to_life_waits_where_it_is_told_to(database: Database, send: Send) -> None:
    settings = hooking("http://127.0.0.1:9/").model_copy(update={"urgent_at_once": False})
    raised(database, settings, NIGHT, URGENT)
    assert send(settings, FixedClock(NIGHT)) == Delivered()


def test_whoever_was_taken_out_of_the_file_is_not_told(database: Database, send: Send) -> None:
    hook = Hook()
    with web_server(hook) as url:
        alert_id = raised(database, hooking(url))
        assert send(AlertSettings(), FixedClock(NOON)) == Delivered(failed=1)
    assert hook.requests == []
    assert Alerts(database).messages(alert_id)[0].problem == "not_configured"


def test_each_recipient_is_told_for_itself(database: Database, send: Send) -> None:
    hook, box = Hook([503]), Mailbox()
    with web_server(hook) as url, mail_server(box) as port:
        both = mailing(port).model_copy(update={"webhooks": hooking(url).webhooks})
        raised(database, both)
        assert send(both, FixedClock(NOON)) == Delivered(sent=1, later=1)


def test_what_one_process_is_sending_no_other_sends(database: Database) -> None:
    settings = hooking("http://127.0.0.1:9/")
    raised(database, settings)
    store = Alerts(database)
    taken = store.take(NOON, LEASE)
    assert taken is not None
    assert taken.attempts == 1
    assert store.take(NOON, LEASE) is None
    # It died: the message is not lost.
    assert store.take(NOON + LEASE, LEASE) is not None


def test_waits_grow_and_are_bounded() -> None:
    waits = [retry_after(attempts) for attempts in range(1, 100)]
    assert waits[0] == FIRST_RETRY
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_RETRY
