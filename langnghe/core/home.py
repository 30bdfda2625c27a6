"""The home: the one directory that holds everything a service keeps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from langnghe.core.configfile import read_config
from langnghe.core.errors import NotReadyError
from langnghe.core.ids import KeyedIds
from langnghe.core.institution import BriefingSettings, Institution
from langnghe.core.settings import Settings, Source, read_settings, read_sources, shipped_configs

CONFIG_FILES = (
    "settings.yaml",
    "sources.yaml",
    "topics.yaml",
    "places.yaml",
    "petitions.yaml",
    "institution.yaml",
    "briefing.yaml",
    "publishing.yaml",
    "alerts.yaml",
)


@dataclass(frozen=True)
class Home:
    """Paths within a home directory, and what its configuration says."""

    root: Path

    @property
    def configs(self) -> Path:
        return self.root / "configs"

    @property
    def database(self) -> Path:
        return self.root / "langnghe.db"

    @property
    def key_file(self) -> Path:
        return self.root / "id.key"

    @property
    def model(self) -> Path:
        """Folder of a model trained here, which comes before the shipped one."""
        return self.root / "model"

    @property
    def register(self) -> Path:
        """The checked claims that posts are matched against; may be missing."""
        return self.configs / "claims.jsonl"

    @property
    def files(self) -> Path:
        """Files that people attach to cases (`store.files`)."""
        return self.root / "files"

    @property
    def secrets(self) -> Path:
        """Keys and tokens of platforms (`core.secrets`): in no backup."""
        return self.root / "secrets"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def backups(self) -> Path:
        """Folder of the backups that are made on the page."""
        return self.root / "backups"

    @property
    def lock_file(self) -> Path:
        return self.root / "scheduler.lock"

    @property
    def sample_marker(self) -> Path:
        return self.root / "SAMPLE"

    def is_sample(self) -> bool:
        """Whether this home holds the sample month; the pages then say so."""
        return self.sample_marker.is_file()

    def exists(self) -> bool:
        """Whether `langnghe init` was run here."""
        return self.configs.is_dir() and self.key_file.is_file()

    def require(self) -> Home:
        """The home itself, or an error that says how to make it."""
        if not self.exists():
            raise NotReadyError(
                f"{self.root} chưa phải thư mục dữ liệu của Lắng Nghe. Hãy tạo bằng lệnh "
                f"`langnghe --home {self.root} init`."
            )
        return self

    @cached_property
    def settings(self) -> Settings:
        return read_settings(self.configs / "settings.yaml")

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        return read_sources(self.configs / "sources.yaml")

    @cached_property
    def institution(self) -> Institution:
        return read_config(self.config_or_shipped("institution.yaml"), Institution)

    @cached_property
    def briefing(self) -> BriefingSettings:
        return read_config(self.config_or_shipped("briefing.yaml"), BriefingSettings)

    def config_or_shipped(self, name: str) -> Path:
        """A configuration file that homes made by an earlier version do not have yet."""
        own = self.configs / name
        return own if own.is_file() else shipped_configs() / name

    def shorter_retention(self, general: int) -> dict[str, int]:
        """Days that texts are kept, by source, where it is less than the `general` time."""
        return {
            source.name: source.retention_days
            for source in self.sources
            if source.retention_days is not None and source.retention_days < general
        }

    @cached_property
    def ids(self) -> KeyedIds:
        return KeyedIds.load_or_create(self.key_file)
