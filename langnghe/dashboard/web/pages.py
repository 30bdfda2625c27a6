"""Pages that the server writes itself, without Streamlit; but for one they need no JavaScript."""

from __future__ import annotations

import base64
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse


def _digest(text: str) -> str:
    """By which a browser knows what it may run or apply; of what stands in the page itself."""
    return base64.b64encode(sha256(text.encode()).digest()).decode()


_TEMPLATES: Final = Path(__file__).with_name("templates")


def _script(file: str) -> str:
    return (_TEMPLATES / file).read_text(encoding="utf-8")


_STYLE: Final = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
DRAFTS_SCRIPT: Final = _script("drafts.js")
"""Leaves in a browser only the drafts of the account that it is given; without one, none."""
REPORT_SCRIPT: Final = DRAFTS_SCRIPT + _script("reportfields.js") + _script("report.js")
_POLICY: Final = (
    "default-src 'none'; "
    f"style-src 'sha256-{_digest(_STYLE)}'; "
    "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_WITH_SCRIPT: Final = f"{_POLICY}; connect-src 'self'; script-src 'sha256-%s'"
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals["style"] = Markup(_STYLE)  # noqa: S704  a file of ours


def page(template: str, status: int = 200, script: str = "", /, **values: object) -> HTMLResponse:
    """The answer with that template; its values are shown as text.

    Args:
        template: its file.
        status: of the answer.
        script: a file of ours, for the template to put between its script tags as it is.
        values: for the template.
    """
    text = _ENVIRONMENT.get_template(template).render(values, script=Markup(script))  # noqa: S704
    policy = _WITH_SCRIPT % _digest(script) if script else _POLICY
    return HTMLResponse(text, status, {"Content-Security-Policy": policy})


def onward(path: str, script: str = "") -> HTMLResponse:
    """A page that leads on at once, when `script` has run.

    Unlike a redirect it is a page of ours, so that the browser sends SameSite=Strict cookies.
    """
    return page("onward.html", 200, script, path=path)
