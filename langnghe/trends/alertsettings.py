"""`alerts.yaml`: who is told of an alert, how, and when not."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.configfile import read_config
from langnghe.core.home import Home
from langnghe.core.settings import Slug, Url

ALERTS_FILE: Final = "alerts.yaml"

_STRICT: Final = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _check_address(address: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+", address):
        raise ValueError(f"{address!r} không phải địa chỉ thư điện tử")
    return address


def _check_time(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError(f'{value!r} không phải giờ; viết như "21:00"')
    return value


Address = Annotated[str, AfterValidator(_check_address)]
TimeOfDay = Annotated[str, AfterValidator(_check_time)]


class QuietHours(BaseModel):
    """Hours of the day, in Viet Nam, at which nobody is told anything."""

    model_config = _STRICT

    begin: TimeOfDay
    end: TimeOfDay
    """Earlier than `begin`: of the following day. The same: there are no quiet hours."""

    def end_after(self, moment: datetime) -> datetime:
        """When a message may go out that is ready at `moment`: then, or when the hours end."""
        local = moment.astimezone(LOCAL_ZONE)
        begin, end = time.fromisoformat(self.begin), time.fromisoformat(self.end)
        now = local.time()
        quiet = begin <= now < end if begin <= end else now >= begin or now < end
        if not quiet:
            return moment
        ends = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
        return ends if ends > local else ends + timedelta(days=1)


class EmailSettings(BaseModel):
    """How e-mail is handed in."""

    model_config = _STRICT

    server: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    sender: Address | Literal[""] = ""
    recipients: tuple[Address, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> EmailSettings:
        if self.recipients and not (self.server and self.sender):
            raise ValueError("có `recipients:` thì cần cả `server:` và `sender:`")
        return self


class Webhook(BaseModel):
    """An address that is sent the figures."""

    model_config = _STRICT

    name: Slug
    url: Url


class AlertSettings(BaseModel):
    """`alerts.yaml`. As it is by itself nothing is sent."""

    model_config = _STRICT

    quiet_hours: QuietHours = QuietHours(begin="21:00", end="06:30")
    urgent_at_once: bool = True
    page: Url | Literal[""] = ""
    email: EmailSettings = EmailSettings()
    webhooks: tuple[Webhook, ...] = ()

    @field_validator("webhooks")
    @classmethod
    def _names_differ(cls, webhooks: tuple[Webhook, ...]) -> tuple[Webhook, ...]:
        names = [webhook.name for webhook in webhooks]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"hai webhook cùng tên {name!r}: hãy đổi tên một webhook")
        return webhooks

    def recipients(self) -> tuple[str, ...]:
        """All that are told, as `alert_messages.recipient` names them."""
        mails = (f"mail:{address}" for address in dict.fromkeys(self.email.recipients))
        return (*mails, *(f"hook:{webhook.name}" for webhook in self.webhooks))


class AlertSecrets(BaseSettings):
    """What stands in the environment and in no file."""

    model_config = SettingsConfigDict(env_prefix="LANGNGHE_ALERTS_")

    smtp_password: SecretStr | None = None
    webhook_secret: SecretStr | None = None


def read_alert_settings(home: Home) -> AlertSettings:
    """Read and check the home's `alerts.yaml`; one made by an earlier version may have none.

    Raises:
        ConfigError: it is wrong.
    """
    path = home.configs / ALERTS_FILE
    return read_config(path, AlertSettings) if path.is_file() else AlertSettings()
