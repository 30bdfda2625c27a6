"""`publishing.yaml`: where the public page stands, and what it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from langnghe.core.configfile import read_config
from langnghe.core.home import Home
from langnghe.core.settings import Url

FILE = "publishing.yaml"


def _check_base(url: str) -> str:
    parts = urlsplit(url)
    if not url.endswith("/") or parts.query or parts.fragment:
        raise ValueError(f"{url!r} phải là địa chỉ một thư mục, kết thúc bằng dấu /")
    return url


class PublishingSettings(BaseModel):
    """`publishing.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    base_url: Annotated[Url, AfterValidator(_check_base)]
    title: Annotated[str, Field(min_length=1, max_length=100)]
    folder: str
    """Where the service writes the site; "" if it does not."""
    legal_basis: tuple[str, ...]

    @property
    def is_sample(self) -> bool:
        """Whether the address is still that of the shipped file, which nobody can reach."""
        return (urlsplit(self.base_url).hostname or "").endswith(".example")


def publishing_settings(home: Home) -> PublishingSettings:
    """The home's settings; the shipped ones where the home was made by an earlier version.

    Raises:
        ConfigError: the file cannot be used.
    """
    return read_config(home.config_or_shipped(FILE), PublishingSettings)


def service_folder(home: Home) -> Path | None:
    """Where the running service writes the site; None if it does not."""
    folder = publishing_settings(home).folder
    return home.root / folder if folder else None
