"""Somebody who uses the pages without a browser: opens them, types and clicks, reads what comes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection

PATIENCE = 60.0
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
TYPED = ("text_input", "text_area")


class Missing(AssertionError):  # noqa: N818  what a test looked for
    """What somebody looks for is not on the page."""


@dataclass
class Session:
    """One tab. What is on the page is what the last full run of its script sent."""

    connection: ClientConnection
    page: str = ""
    query: str = ""
    elements: list[tuple[str, Any, str]] = field(default_factory=list)
    """Kind, message and fragment of each element, in the order they were sent."""
    states: dict[str, WidgetState] = field(default_factory=dict)
    _hash: str = ""

    def open(self, page: str, query: str = "") -> None:
        """Go to a page by its address."""
        self.page, self.query, self._hash = page, query, ""
        self.states.clear()
        self._run()

    def buttons(self) -> list[str]:
        """The labels of the buttons that can be pressed."""
        return [
            one.label for kind, one, _ in self.elements if kind == "button" and not one.disabled
        ]

    def press(self, label: str) -> None:
        """Press the first button that can be pressed and whose label begins like this."""
        for kind, one, fragment in self.elements:
            if kind == "button" and one.label.startswith(label) and not one.disabled:
                self._run(WidgetState(id=one.id, trigger_value=True), fragment)
                return
        raise Missing(f"no button {label!r} among {self.buttons()}")

    def type(self, label: str, text: str) -> None:
        """Fill in a field; it is sent with what is pressed next, as in a form."""
        for kind, one, _ in self.elements:
            if kind in TYPED and one.label.startswith(label):
                self.states[one.id] = WidgetState(id=one.id, string_value=text)
                return
        raise Missing(f"no field {label!r}")

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a radio or a list by how its words begin."""
        for kind, one, fragment in self.elements:
            if kind in ("radio", "selectbox") and one.label.startswith(label):
                chosen = next(word for word in one.options if word.startswith(option))
                self._run(WidgetState(id=one.id, string_value=chosen), fragment)
                return
        raise Missing(f"nothing to choose called {label!r}")

    def says(self) -> str:
        """All that the page shows, as text."""
        return "\n".join(str(one) for _, one, _ in self.elements)

    def told(self, kind: str) -> list[str]:
        """The messages of one kind, alert or exception, as they are read: without escapes."""
        said = [
            one.body if kind == "alert" else one.message
            for found, one, _ in self.elements
            if found == kind
        ]
        return [_ESCAPE.sub(r"\1", text) for text in said]

    def _run(self, pressed: WidgetState | None = None, fragment: str = "") -> None:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_name, rerun.query_string = self.page, self.query
        rerun.page_script_hash = self._hash
        rerun.fragment_id = fragment if pressed else ""
        rerun.widget_states.widgets.extend(self.states.values())
        if pressed:
            rerun.widget_states.widgets.append(pressed)
            if pressed.WhichOneof("value") != "trigger_value":
                self.states[pressed.id] = pressed
        self.connection.send(message.SerializeToString())
        drawn_anew = rerun.fragment_id
        self.elements = [one for one in self.elements if drawn_anew and one[2] != drawn_anew]
        while True:
            raw = self.connection.recv(PATIENCE)
            assert isinstance(raw, bytes)
            if self._received(ForwardMsg.FromString(raw)):
                return

    def _received(self, message: ForwardMsg) -> bool:
        """Take in one message; whether the page is drawn."""
        kind = message.WhichOneof("type")
        if kind == "script_finished":
            return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        if kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            name = element.WhichOneof("type")
            if name:
                self.elements.append((name, getattr(element, name), message.delta.fragment_id))
        return False
