"""The form of a field report: a page of its own, which keeps what is typed whatever happens.

It is no part of Streamlit's pages on purpose. Those need a connection that stays open, are some
megabytes when first opened, and load a component's script from a `blob:` address, which our
content security policy forbids. This one is a few kilobytes, and each save is a request whose
outcome is known: answered, refused, or to be sent again.

Sending a save twice does no harm (`Desk.act`), so the browser repeats one until it is answered and
only then sends what was typed since: neither a lost answer nor a restart of the server gives a
second report, or overwrites what was written on another device (`templates/report.js`).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from langnghe.casework import reportform
from langnghe.casework.accounts import Account
from langnghe.casework.desk import Desk
from langnghe.casework.kinds import REPORT, Kept
from langnghe.casework.reportform import Form
from langnghe.casework.reports import FieldReport, Save, Submit, report_id
from langnghe.casework.roles import Actor, Permission, Refused, require
from langnghe.core.clock import Clock
from langnghe.core.errors import LangNgheError
from langnghe.core.gazetteer import FORMER_DISTRICT, read_places
from langnghe.core.home import Home
from langnghe.core.topics import read_topics
from langnghe.core.vietnamese import place_title
from langnghe.dashboard.web import addresses
from langnghe.dashboard.web.forms import Forms
from langnghe.dashboard.web.pages import DRAFTS_SCRIPT, REPORT_SCRIPT, page
from langnghe.dashboard.web.reportdata import (
    NOT_OURS,
    Sent,
    form_data,
    personal_data_in,
    read_sent,
    report_data,
)
from langnghe.store.cases import Conflict, Order, Where

MOST_BYTES: Final = 1_000_000
"""Of what is sent: with all fields full it is a third of that."""

_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_UNKNOWN_VERSION: Final = 0
"""No case has it: a change passes only where it changes nothing."""

OTHER_ACCOUNT: Final = (
    "Trình duyệt này vừa đăng nhập bằng tài khoản khác, nên phiếu đang mở không lưu tiếp được. "
    "Hãy đăng nhập lại bằng tài khoản của bạn rồi mở phiếu từ danh sách."
)


class ReportForms:
    """The form of field reports.

    Args:
        home: names the topics and places.
        desk: gives the desk; asked only when somebody needs it.
        forms: show who may not.
        clock: tells the time.
    """

    def __init__(self, home: Home, desk: Callable[[], Desk], forms: Forms, clock: Clock) -> None:
        self._home = home
        self._desk = desk
        self._forms = forms
        self._clock = clock

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route(addresses.NEW_REPORT, self.new, methods=["GET"]),
            Route(addresses.REPORT_FORM, self.form, methods=["GET"]),
            Route(addresses.REPORT_FORM, self.change, methods=["POST"]),
            Route(addresses.DRAFTS_SCRIPT, self.script, methods=["GET"]),
        ]

    async def new(self, _request: Request) -> Response:
        """A form that nobody has opened yet; from now on its address holds its id."""
        return RedirectResponse(f"{addresses.REPORT_FORM}?moi={secrets.token_urlsafe(16)}", 303)

    async def script(self, _request: Request) -> Response:
        """For the pages that Streamlit draws."""
        return Response(DRAFTS_SCRIPT, media_type="text/javascript")

    async def form(self, request: Request) -> Response:
        """The form; or, where its script asks, the report as it stands."""
        wants_data = "application/json" in request.headers.get("accept", "")
        try:
            if wants_data:
                return JSONResponse(await run_in_threadpool(self._data, request))
            return await run_in_threadpool(self._page, request)
        except LangNgheError as error:
            return _wrong(error, 403) if wants_data else self._forms.refusal(str(error))

    async def change(self, request: Request) -> Response:
        """Keep what was typed, or hand it in; says what is kept now, or why it is not."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return _wrong("Phiếu quá dài nên chưa lưu được. Hãy viết ngắn lại.", 413)
        # A page of another site may send this kind only if asked before, which is never granted.
        if request.headers.get("content-type") != "application/json":
            return _wrong(NOT_OURS, 415)
        body = await request.body()
        return await run_in_threadpool(self._change, request, body)

    def _asked(self, request: Request) -> tuple[Actor, str, str, Kept[FieldReport] | None]:
        """Who asks for which report, by the id of a new form or of the report itself.

        Returns:
            The actor; the form's id, empty where the report's own was given; the report's id;
            the report, None where nothing is saved yet.

        Raises:
            Refused: there is no such report, or it is somebody else's.
        """
        account: Account = request.state.account
        actor, desk = account.actor, self._desk()
        require(actor, Permission.REPORT)
        client_id = request.query_params.get("moi", "")
        if _CLIENT_ID.fullmatch(client_id):
            case_id = report_id(actor.account, client_id)
            mine = desk.cases.get(REPORT.name, case_id) is not None
            return actor, client_id, case_id, desk.get(REPORT, case_id, actor) if mine else None
        kept = desk.get(REPORT, request.query_params.get("ma", ""), actor)
        if kept.state.author != actor.account:
            raise Refused("Phiếu này của người khác. Hãy mở phiếu từ danh sách để xem.")
        return actor, "", kept.state.id, kept

    def _data(self, request: Request) -> dict[str, object]:
        _, _, case_id, kept = self._asked(request)
        return report_data(case_id, kept, self._clock.now())

    def _page(self, request: Request) -> Response:
        actor, _, case_id, kept = self._asked(request)
        now = self._clock.now()
        data = report_data(case_id, kept, now)
        if kept is None:
            data["form"] = form_data(Form(unit=self._last_unit(actor), noted_at=now))
        topics = read_topics(self._home.configs / "topics.yaml")
        gazetteer = read_places(self._home.configs / "places.yaml")
        here, places = gazetteer.file.home, gazetteer.places
        today = [one for one in places if one.kind != FORMER_DISTRICT]
        return page(
            "report.html",
            200,
            REPORT_SCRIPT,
            account=actor.account,
            institution=self._home.settings.institution,
            report={
                **data,
                "address": f"{addresses.REPORT_FORM}?{request.url.query}",
                "view": f"{addresses.REPORTS}?ma={case_id}",
                "login": addresses.LOGIN,
                "new": addresses.NEW_REPORT,
                "most_streams": reportform.MOST_STREAMS,
                "required": reportform.REQUIRED,
            },
            back=addresses.REPORTS,
            returned=kept.state.returned_why if kept else "",
            names=reportform.FIELD_NAMES,
            required=reportform.REQUIRED,
            topics=[(topic.id, topic.title) for topic in topics],
            near=[(one.id, place_title(one)) for one in today if here in (one.id, one.parent)],
            far=[(one.id, place_title(one)) for one in today if here not in (one.id, one.parent)],
            origins=reportform.ORIGIN_NAMES,
            inclinations=reportform.INCLINATION_NAMES,
            widths=reportform.WIDTH_NAMES,
            intensities=reportform.INTENSITY_NAMES,
        )

    def _last_unit(self, actor: Actor) -> str:
        """Where the author was the last time: mostly their own village."""
        mine = Where(owner=actor.account)
        last = self._desk().find(REPORT, actor, mine, Order.NEWEST, limit=1)
        return last[0].state.form.unit if last else ""

    def _change(self, request: Request, body: bytes) -> Response:
        try:
            actor, client_id, case_id, _ = self._asked(request)
        except LangNgheError as error:
            return _wrong(error, 403)
        try:
            sent = read_sent(body)
            if sent.id != case_id:
                return _wrong(OTHER_ACCOUNT, 403)
            kept = self._done(sent, client_id, actor)
        except Conflict as conflict:
            now_kept = self._desk().get(REPORT, case_id, actor)
            data = report_data(case_id, now_kept, self._clock.now())
            return JSONResponse({**data, "wrong": str(conflict)}, 409)
        except LangNgheError as error:
            return _wrong(error, 422)
        data = report_data(case_id, kept, self._clock.now())
        return JSONResponse({**data, "masked": personal_data_in(sent.form)})

    def _done(self, sent: Sent, client_id: str, actor: Actor) -> Kept[FieldReport]:
        desk = self._desk()
        if sent.do == "save" and client_id:
            return desk.save_report(client_id, sent.form, actor, version=sent.version)
        action = Submit() if sent.do == "submit" else Save(sent.form)
        version = _UNKNOWN_VERSION if sent.version is None else sent.version
        return desk.act(REPORT, sent.id, action, actor, version=version)


def _wrong(why: object, status: int) -> JSONResponse:
    return JSONResponse({"wrong": str(why)}, status)
