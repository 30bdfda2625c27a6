"""What is wrong in the configuration files, each fault whole: file, line and cure."""

from __future__ import annotations

from langnghe.casework.deadlines import read_petition_settings
from langnghe.core.errors import ConfigError
from langnghe.core.gazetteer import read_places
from langnghe.core.home import Home
from langnghe.core.topics import read_topics


def config_errors(home: Home) -> list[ConfigError]:
    """Read every file; one that cannot be read never hides the others."""
    found = []
    for read in (
        lambda: home.settings,
        lambda: home.sources,
        lambda: read_topics(home.configs / "topics.yaml"),
        lambda: read_places(home.configs / "places.yaml"),
        lambda: read_petition_settings(home.configs / "petitions.yaml"),
    ):
        try:
            read()
        except ConfigError as error:
            found.append(error)
    return found
