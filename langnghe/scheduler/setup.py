"""Makes a home directory."""

from __future__ import annotations

import shutil
from pathlib import Path

from langnghe.core.home import CONFIG_FILES, Home
from langnghe.core.settings import shipped_configs
from langnghe.store.database import Database


def init_home(home: Home) -> list[Path]:
    """Make what is missing in `home`; gives the paths made. Existing files stay as they are."""
    made: list[Path] = []
    for folder in (home.root, home.configs, home.logs):
        if not folder.is_dir():
            # Posts are de-identified, and still nobody else's on this machine.
            folder.mkdir(mode=0o700, parents=True)
            made.append(folder)
    for name in CONFIG_FILES:
        target = home.configs / name
        if not target.exists():
            partial = target.with_suffix(".partial")
            shutil.copyfile(shipped_configs() / name, partial)
            partial.replace(target)
            made.append(target)
    if not home.key_file.exists():
        made.append(home.key_file)
    _ = home.ids
    if not home.database.exists():
        made.append(home.database)
    Database(home.database).close()
    return made
