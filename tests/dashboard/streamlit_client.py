"""A browser's half of Streamlit's protocol: what the server sends to whom, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from langnghe.dashboard.web.cookies import SESSION

PATIENCE = 60.0


@contextmanager
def stream(address: str, token: str, origin: str | None = None) -> Iterator[ClientConnection]:
    """The WebSocket of a page, opened with a session's cookie."""
    with connect(
        f"ws://{urlsplit(address).netloc}/_stcore/stream",
        additional_headers={"Cookie": f"{SESSION}={token}"},
        origin=Origin(origin or address),
        subprotocols=[Subprotocol("streamlit")],
        open_timeout=PATIENCE,
        max_size=None,
    ) as connection:
        yield connection


def frames(
    connection: ClientConnection, name: str, *, query: str = "", script_hash: str = ""
) -> list[bytes]:
    """Everything that the server sends until a page has been drawn, as it comes over the line.

    Args:
        connection: of `stream`.
        name: of the page, as in its address.
        query: of the address.
        script_hash: by which a browser names the page once it has been told of it.
    """
    message = BackMsg()
    message.rerun_script.page_name = name
    message.rerun_script.query_string = query
    message.rerun_script.page_script_hash = script_hash
    connection.send(message.SerializeToString())
    received = []
    while True:
        raw = connection.recv(PATIENCE)
        assert isinstance(raw, bytes)
        received.append(raw)
        if ForwardMsg.FromString(raw).WhichOneof("type") == "script_finished":
            return received


def run_page(connection: ClientConnection, name: str) -> list[ForwardMsg]:
    """Everything that the server sends until the page called `name` has been drawn."""
    return [ForwardMsg.FromString(raw) for raw in frames(connection, name)]


def shown(messages: list[ForwardMsg]) -> str:
    """All that was sent, as text."""
    return "\n".join(str(message.delta.new_element) for message in messages)


def offered(messages: list[ForwardMsg]) -> list[str]:
    """The addresses of the pages in the navigation."""
    return [
        page.url_pathname
        for message in messages
        for page in message.navigation.app_pages
        if not page.is_hidden
    ]
