"""What can be set, and what is checked when it is read.

`settings.yaml` and `sources.yaml` in the home's `configs/` folder. Defaults are not here but in
the shipped files, each with its reason: a value must be written to be in force.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from langnghe.core.configfile import parse_config, read_text
from langnghe.core.models import Channel

MAX_RETENTION_DAYS = 90
"""Boundary 5: text is kept 90 days unless set shorter; no setting makes it longer."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


_HTTP = re.compile(r"https?://[^\s/]+", re.IGNORECASE)


def _check_url(url: str) -> str:
    if not _HTTP.match(url):
        raise ValueError(
            f"{url!r} không phải địa chỉ trang: phải bắt đầu bằng http:// hoặc https://"
        )
    if "@" in urlsplit(url).netloc:
        raise ValueError(f"{url!r} chứa tên đăng nhập: dịch vụ chỉ đọc trang công khai")
    return url


def _check_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} không phải biểu thức chính quy ({error})") from None
    return pattern


_FACEBOOK_PAGE = re.compile(r"[0-9]{5,30}")
_DISCOURSE_LIST = re.compile(r"/(?:latest|c/(?:[^/]+/)+\d+|tag/[^/]+)/?$")
_TELEGRAM_CHANNEL = re.compile(r"/(?:s/)?([A-Za-z]\w{3,31})/?")


def telegram_preview(url: str) -> str:
    """The address of a channel's preview.

    Raises:
        ValueError: it names no channel.
    """
    parts = urlsplit(url)
    match = _TELEGRAM_CHANNEL.fullmatch(parts.path)
    if match is None or parts.query:
        raise ValueError(
            f"{url!r} không phải địa chỉ kênh Telegram: hãy viết như https://t.me/s/ten_kenh"
        )
    return f"{parts.scheme}://{parts.netloc}/s/{match[1]}"


Url = Annotated[str, AfterValidator(_check_url)]
Pattern = Annotated[str, AfterValidator(_check_pattern)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class CrawlSettings(_Strict):
    """How every source is read, unless its own entry says otherwise."""

    contact: str
    """Shown to each site in the User-Agent, so that its owner can reach us."""
    delay_seconds: Annotated[float, Field(ge=0)]
    timeout_seconds: Annotated[float, Field(gt=0)]
    max_response_bytes: Annotated[int, Field(ge=10_000)]
    max_pages_per_visit: Annotated[int, Field(ge=1)]
    every_minutes: Annotated[int, Field(ge=1)]
    """The shortest time between two visits to a source."""
    longest_minutes: Annotated[int, Field(ge=1)] = 720
    """The longest time; in between, what a source gives decides (`crawler.schedule`)."""
    page_window_days: Annotated[int, Field(ge=1)]
    """Pages first seen longer ago are no longer looked at for new comments."""
    frontier: SecretStr | None = None
    """An address of PostgreSQL that several collectors share; None: the home's own SQLite file."""
    lease_seconds: Annotated[int, Field(ge=1)] = 60
    """How long a collector that shows no sign of life keeps its sources. With a look every sixth
    of it, those of a dead one go on elsewhere within two minutes even where machines are busy."""


class LimitSettings(_Strict):
    """Bounds on what a post may be."""

    post_characters: Annotated[int, Field(ge=100)]


class OpenIdSettings(_Strict):
    """The institution's own log-in (OpenID Connect), offered beside passwords kept here."""

    title: str
    """Stands on the button."""
    issuer: Url
    """Its `/.well-known/openid-configuration` says the rest."""
    client_id: str
    client_secret: SecretStr


class DashboardSettings(_Strict):
    """Where the pages are served, and how people log in."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    openid: OpenIdSettings | None = None


class CaseworkSettings(_Strict):
    """Where accounts, cases and the audit log are kept."""

    database: SecretStr | None = None
    """An address of PostgreSQL, which may hold a password; None: the home's own SQLite file."""


class LabelSettings(_Strict):
    """How labelling runs beside the crawl."""

    every_minutes: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]


class YouTubeSettings(_Strict):
    """How much of a key's daily allowance is used."""

    daily_units: Annotated[int, Field(ge=1)] = 9000


class TrainSettings(_Strict):
    """What `langnghe train` starts from."""

    checkpoint: str = "intfloat/multilingual-e5-small"


class Settings(BaseSettings):
    """`settings.yaml`. An environment variable such as LANGNGHE_DASHBOARD__PORT comes first."""

    model_config = SettingsConfigDict(
        extra="forbid", env_prefix="LANGNGHE_", env_nested_delimiter="__"
    )

    institution: str
    """The public body whose name stands on everything published."""
    retention_days: Annotated[int, Field(ge=1, le=MAX_RETENTION_DAYS)]
    crawl: CrawlSettings
    limits: LimitSettings
    label: LabelSettings
    train: TrainSettings = TrainSettings()
    dashboard: DashboardSettings
    casework: CaseworkSettings = CaseworkSettings()
    youtube: YouTubeSettings = YouTubeSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


class _SourceBase(_Strict):
    """What every entry of `sources.yaml` has."""

    name: Slug
    title: str
    enabled: bool = True
    place: str | None = None
    """The place that a post is about when its own text names none (an id of places.yaml)."""
    retention_days: Annotated[int, Field(ge=1, le=MAX_RETENTION_DAYS)] | None = None
    every_minutes: Annotated[int, Field(ge=1)] | None = None
    longest_minutes: Annotated[int, Field(ge=1)] | None = None

    def urls(self) -> tuple[str, ...]:
        """The addresses where reading starts."""
        return ()

    def secrets(self) -> tuple[str, ...]:
        """The names of the keys (`core.secrets`) without which this source cannot be read."""
        return ()


class WebSource(_SourceBase):
    """What every source that is read over HTTP has."""

    allowed_domains: tuple[str, ...] = ()
    """Hosts that may be read besides those of the entry's own addresses."""
    allow_private_network: bool = False
    """Whether an address inside the own network or machine may be fetched."""
    delay_seconds: Annotated[float, Field(ge=0)] | None = None
    max_pages_per_visit: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _keys_travel_unseen(self) -> Self:
        in_clear = [url for url in self.urls() if not url.lower().startswith("https:")]
        if in_clear and self.secrets() and not self.allow_private_network:
            raise ValueError(f"{in_clear[0]}: phải là https://, vì khóa được gửi tới đó")
        return self

    def hosts(self) -> frozenset[str]:
        """The hosts (without port) that this source may fetch from."""
        own = (urlsplit(url).hostname or "" for url in self.urls())
        return frozenset(host.lower() for host in (*own, *self.allowed_domains) if host)


class PageList(_Strict):
    """Where the pages of a site are found."""

    feeds: tuple[Url, ...] = ()
    sitemaps: tuple[Url, ...] = ()
    sections: tuple[Url, ...] = ()
    """Index pages whose links lead to articles; following pages are found by `rel=next`."""
    page_pattern: Pattern | None = None
    """Only links whose whole address this matches are articles."""

    @model_validator(mode="after")
    def _somewhere(self) -> PageList:
        if not (self.feeds or self.sitemaps or self.sections):
            raise ValueError("cần ít nhất một trong: feeds, sitemaps, sections")
        return self

    def all(self) -> tuple[str, ...]:
        """Every address named."""
        return (*self.feeds, *self.sitemaps, *self.sections)


class FeedSource(WebSource):
    """RSS or Atom, then the articles it names."""

    channel: Literal[Channel.FEED]
    feeds: Annotated[tuple[Url, ...], Field(min_length=1)]
    follow: bool = True
    """Fetch each article for its whole text; False keeps what the feed itself says."""

    def urls(self) -> tuple[str, ...]:
        return self.feeds


class NewsSource(WebSource):
    """A news site or portal without a feed: sitemap and section pages."""

    channel: Literal[Channel.NEWS]
    pages: PageList

    def urls(self) -> tuple[str, ...]:
        return self.pages.all()


class CommentsSource(WebSource):
    """Comments beneath the pages of a site."""

    channel: Literal[Channel.COMMENTS]
    system: Literal["wordpress", "isso", "schema_org"]
    pages: PageList
    api: Url | None = None
    """Where the comment system answers: the Isso server, or WordPress's address."""

    @model_validator(mode="after")
    def _needs_api(self) -> CommentsSource:
        if self.system != "schema_org" and self.api is None:
            raise ValueError(f"bình luận loại {self.system} cần khóa `api:`")
        return self

    def urls(self) -> tuple[str, ...]:
        return (*self.pages.all(), *((self.api,) if self.api else ()))


class ForumSelectors(_Strict):
    """CSS selectors for a forum that has no schema.org markup."""

    thread_link: str
    """On a board page: the links to threads."""
    next_page: str | None = None
    """On a board or thread page: the link to the following page."""
    title: str
    post: str
    """On a thread page: the element that holds one post."""
    text: str
    """Within a post."""
    time: str | None = None
    """Within a post: an element with `datetime`, or whose text is a date."""
    native_id: str | None = None
    """Within a post: an attribute as `selector::attr(name)`; else the post's own `id`."""
    quoted: str | None = None
    """Within a text: quoted earlier posts, taken out so that nothing counts twice."""


class ForumSource(WebSource):
    """Server-rendered discussions, by schema.org markup or a selector profile."""

    channel: Literal[Channel.FORUM]
    boards: Annotated[tuple[Url, ...], Field(min_length=1)]
    thread_pattern: Pattern | None = None
    selectors: ForumSelectors | None = None

    def urls(self) -> tuple[str, ...]:
        return self.boards


class DiscourseSource(WebSource):
    """Topics of a Discourse forum, through the public JSON behind its pages."""

    channel: Literal[Channel.DISCOURSE]
    boards: Annotated[tuple[Url, ...], Field(min_length=1)]
    """Lists of topics, as their addresses stand in a browser: `/latest`, `/c/slug/12`, `/tag/x`."""

    @field_validator("boards")
    @classmethod
    def _are_lists(cls, boards: tuple[str, ...]) -> tuple[str, ...]:
        for board in boards:
            if not _DISCOURSE_LIST.search(urlsplit(board).path):
                raise ValueError(
                    f"{board!r} không phải danh sách chủ đề của Discourse: địa chỉ phải kết thúc "
                    "bằng /latest, /c/tên-mục/số hoặc /tag/tên-nhãn"
                )
        return tuple(board.removesuffix("/") for board in boards)

    def urls(self) -> tuple[str, ...]:
        return self.boards


class TelegramSource(WebSource):
    """Public channels of Telegram, through the preview that anyone sees in a browser."""

    channel: Literal[Channel.TELEGRAM]
    channels: Annotated[tuple[Url, ...], Field(min_length=1)]
    """Addresses of channels: `https://t.me/s/name`; one without `/s/` is taken for the same."""
    retention_days: Annotated[int, Field(ge=1, le=30)] = 30
    """As its channel's terms have it (`ChannelTerms.retention_days`)."""

    @field_validator("channels")
    @classmethod
    def _are_previews(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(telegram_preview, channels))

    def urls(self) -> tuple[str, ...]:
        return self.channels


class MastodonSource(WebSource):
    """Public tag timelines of a Mastodon-compatible server."""

    channel: Literal[Channel.MASTODON]
    server: Url
    tags: Annotated[tuple[str, ...], Field(min_length=1)]

    @field_validator("tags")
    @classmethod
    def _no_hash(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(tag.removeprefix("#") for tag in tags)

    def urls(self) -> tuple[str, ...]:
        return (self.server,)


class BlueskySource(WebSource):
    """What Bluesky's search finds for hashtags and phrases, asked for with the own account."""

    channel: Literal[Channel.BLUESKY]
    service: Url
    """The server that holds the institution's account (its PDS): `https://bsky.social`."""
    account: Annotated[str, Field(pattern=r"^@?[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)]
    """The institution's own handle there: `xa-binh-lu.bsky.social`."""
    key: Slug
    """The secret with an app password of that account."""
    tags: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    phrases: tuple[Annotated[str, Field(min_length=1)], ...] = ()

    @field_validator("tags")
    @classmethod
    def _bare_tags(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(tag.removeprefix("#") for tag in tags)

    @field_validator("phrases")
    @classmethod
    def _bare_phrases(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(" ".join(phrase.replace('"', " ").split()) for phrase in phrases)

    @model_validator(mode="after")
    def _something(self) -> BlueskySource:
        if not (self.tags or self.phrases):
            raise ValueError("cần ít nhất một trong: tags, phrases")
        return self

    def urls(self) -> tuple[str, ...]:
        return (self.service,)

    def secrets(self) -> tuple[str, ...]:
        return (self.key,)


class FacebookSource(WebSource):
    """A Facebook page that the institution manages: its posts, visitors' posts, and comments."""

    channel: Literal[Channel.FACEBOOK]
    page: str
    """The page's number; its name in addresses can be changed."""
    key: Slug
    """The secret that holds the page's access token (`langnghe secrets set`)."""
    app_secret: Slug | None = None
    """The secret that holds the app's own, where the app asks for proof of each request."""
    server: Url = "https://graph.facebook.com"

    @field_validator("page", mode="before")
    @classmethod
    def _is_number(cls, page: object) -> str:
        if not _FACEBOOK_PAGE.fullmatch(str(page)):
            raise ValueError(
                f"{str(page)[:60]!r} không phải số của trang Facebook: xem số ở mục Giới thiệu, "
                "phần Tính minh bạch của trang"
            )
        return str(page)

    def urls(self) -> tuple[str, ...]:
        return (f"{self.server.rstrip('/')}/{self.page}",)

    def secrets(self) -> tuple[str, ...]:
        return (self.key,) if self.app_secret is None else (self.key, self.app_secret)


_YOUTUBE_CHANNEL = re.compile(r"(?:https://www\.youtube\.com/channel/)?(UC[\w-]{22})/?")
_YOUTUBE_VIDEO = re.compile(
    r"(?:https://www\.youtube\.com/(?:watch\?v=|live/|shorts/)|https://youtu\.be/)?([\w-]{11})"
)


class YouTubeSource(WebSource):
    """Comments beneath the videos of channels, or beneath single videos, by the Data API."""

    channel: Literal[Channel.YOUTUBE]
    key: Slug
    """The name of the secret that holds the API key (`langnghe secrets set`)."""
    channels: tuple[str, ...] = ()
    """Ids of channels (`UC…`), or their addresses `https://www.youtube.com/channel/UC…`."""
    videos: tuple[str, ...] = ()
    """Ids or addresses of videos."""
    server: Url = "https://youtube.googleapis.com/"
    """Where the API answers; another one only for trials."""

    @field_validator("channels")
    @classmethod
    def _are_channels(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        found = [_YOUTUBE_CHANNEL.fullmatch(one) for one in channels]
        for one, match in zip(channels, found, strict=True):
            if match is None:
                raise ValueError(
                    f"{one!r} không phải mã kênh YouTube: mã bắt đầu bằng UC và có 24 ký tự "
                    "(docs/channels.md chỉ cách tìm)"
                )
        return tuple(match[1] for match in found if match)

    @field_validator("videos")
    @classmethod
    def _are_videos(cls, videos: tuple[str, ...]) -> tuple[str, ...]:
        found = [_YOUTUBE_VIDEO.fullmatch(one) for one in videos]
        for one, match in zip(videos, found, strict=True):
            if match is None:
                raise ValueError(
                    f"{one!r} không phải video YouTube: hãy chép địa chỉ dạng "
                    "https://www.youtube.com/watch?v=…"
                )
        return tuple(match[1] for match in found if match)

    @model_validator(mode="after")
    def _somewhere(self) -> YouTubeSource:
        if not (self.channels or self.videos):
            raise ValueError("cần ít nhất một trong: channels, videos")
        return self

    def urls(self) -> tuple[str, ...]:
        return (self.server,)

    def secrets(self) -> tuple[str, ...]:
        return (self.key,)


class FileColumns(_Strict):
    """Which column of an export holds what. Columns not named here are never read."""

    text: str
    native_id: str | None = None
    """Without it, a row is known by its thread, time and text."""
    title: str | None = None
    url: str | None = None
    published_at: str | None = None
    parent_id: str | None = None
    reactions: str | None = None


ExportKindName = Literal["sheet", "facebook", "form"]


class FileSource(_SourceBase):
    """Exports laid into a folder: CSV, XLSX or JSON Lines."""

    channel: Literal[Channel.FILE]
    path: str
    """A file or a glob, relative to the home directory."""
    export: ExportKindName | None = None
    """A kind of export whose columns are known by name (`readers.export_kinds`)."""
    columns: FileColumns | None = None
    """They come before what `export` knows."""
    sheet: str | None = None
    """XLSX: the sheet's name; else the first."""
    public_page: Url
    """The public page or group that the export was taken from."""

    @model_validator(mode="after")
    def _says_where_the_text_is(self) -> FileSource:
        if self.columns is None and self.export in (None, "form"):
            raise ValueError(
                "cần khóa `columns:` nói cột nào là nội dung (`text:`); tệp theo mẫu có sẵn thì "
                "thay bằng `export: sheet` hoặc `export: facebook`"
            )
        return self


Source = Annotated[
    FeedSource
    | NewsSource
    | CommentsSource
    | ForumSource
    | DiscourseSource
    | TelegramSource
    | MastodonSource
    | BlueskySource
    | FacebookSource
    | YouTubeSource
    | FileSource,
    Field(discriminator="channel"),
]
SOURCE: TypeAdapter[Source] = TypeAdapter(Source)


class Sources(_Strict):
    """`sources.yaml`."""

    sources: tuple[Source, ...] = ()

    @field_validator("sources")
    @classmethod
    def _names_differ(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        seen: set[str] = set()
        for source in sources:
            if source.name in seen:
                raise ValueError(f"hai nguồn cùng tên {source.name!r}: hãy đổi tên một nguồn")
            seen.add(source.name)
        return sources


def shipped_configs() -> Path:
    """The folder with the shipped defaults: in the package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "configs"
    return installed if installed.is_dir() else package.parent / "configs"


def read_settings(path: Path) -> Settings:
    """Read and check `settings.yaml`."""
    return parse_settings(read_text(path), path)


def parse_settings(text: str, path: Path) -> Settings:
    """Check what `settings.yaml` holds, or is going to hold."""
    return parse_config(text, path, Settings)


def read_sources(path: Path) -> tuple[Source, ...]:
    """Read and check `sources.yaml`."""
    return parse_sources(read_text(path), path)


def parse_sources(text: str, path: Path) -> tuple[Source, ...]:
    """Check what `sources.yaml` holds, or is going to hold."""
    return parse_config(text, path, Sources).sources
