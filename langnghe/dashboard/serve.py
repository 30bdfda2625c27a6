"""Serves the pages: `python -m langnghe.dashboard.serve HOST:PORT`.

Which home, `server.HOME_VARIABLE` says; `server.dashboard_command` gives the whole command.
"""

from __future__ import annotations

import sys
from importlib import import_module
from threading import Thread

import uvicorn
from starlette.middleware import Middleware
from streamlit.starlette import App

from langnghe.core.clock import SystemClock
from langnghe.core.errors import LangNgheError
from langnghe.core.home import Home
from langnghe.dashboard.server import APP
from langnghe.dashboard.shared import casework, desk, home
from langnghe.dashboard.web.downloads import download_routes
from langnghe.dashboard.web.failures import failures_of
from langnghe.dashboard.web.forms import Forms
from langnghe.dashboard.web.guard import Guard
from langnghe.dashboard.web.reportforms import ReportForms
from langnghe.dashboard.web.shell import shell_routes
from langnghe.store.files import CaseFiles
from langnghe.store.transactions import Transactions

END_SECONDS = 5
"""How long requests may still take when the service is to end; a page takes less."""


def application(here: Home, database: Transactions) -> App:
    """The pages of a home: the log-in for everybody, the rest behind the guard."""
    clock = SystemClock()
    forms = Forms(here, database, clock)
    downloads = download_routes(desk, CaseFiles(here.files), forms)
    reports = ReportForms(here, desk, forms, clock)
    routes = [*forms.routes(), *downloads, *reports.routes(), *shell_routes(forms)]
    openid = here.settings.dashboard.openid
    if openid is not None:
        from langnghe.dashboard.web.openid import OpenId

        routes += OpenId(openid, forms, database, clock).routes()
    guard = Middleware(Guard, database=database, clock=clock)
    return App(APP, routes=routes, middleware=[guard], on_script_error=failures_of(here))


def load_figures() -> None:
    """Load what the pages with figures need: seconds that else the first to look would wait."""
    import_module("langnghe.dashboard.components.trendsahead")


def main() -> int:
    """Serve until told to stop."""
    host, _, port = sys.argv[1].rpartition(":")
    try:
        # The stores are opened here, before the pages' threads could each open their own.
        pages = application(home(), casework())
    except LangNgheError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # Streamlit begins a page anew beside its run that is still ending. If that one is just loading
    # pandas, Altair, which only looks whether it is there, finds half of it.
    import_module("pandas")
    Thread(target=load_figures, daemon=True).start()
    uvicorn.run(
        pages,
        host=host,
        port=int(port),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=END_SECONDS,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
