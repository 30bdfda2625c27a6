"""How the pages are started: Streamlit behind the log-in, as a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from langnghe.core.home import Home

APP = Path(__file__).with_name("web") / "app.py"
HOME_VARIABLE = "LANGNGHE_HOME"


def dashboard_command(home: Home) -> list[str]:
    """The command that serves the pages of `home`."""
    settings = home.settings.dashboard
    address = f"{settings.host}:{settings.port}"
    return [sys.executable, "-m", "langnghe.dashboard.serve", address]


def dashboard_environment(home: Home) -> dict[str, str]:
    """The environment in which that command finds `home`."""
    return {**os.environ, HOME_VARIABLE: str(home.root)}
