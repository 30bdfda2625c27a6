"""What the collectors that share a frontier must have alike.

With another key the same post would get another id and be stored twice; with other sources or
topics two collectors would undo each other's work. So each compares digests before it reads.
"""

from __future__ import annotations

from collections.abc import Mapping

from langnghe.core.errors import NotReadyError
from langnghe.store.postgres import FrontierDatabase

KEY = "id.key"
MAIN = "main"


def check_agreed(database: FrontierDatabase, digests: Mapping[str, str]) -> None:
    """Check that this home's key and configuration are those of the others; the first sets them.

    Raises:
        NotReadyError: they are not; the message names the files.
    """
    with database.transaction() as connection:
        for name, digest in sorted(digests.items()):
            connection.execute(
                "INSERT INTO agreed (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                (name, digest),
            )
        known = {row.name: row.value for row in connection.execute("SELECT * FROM agreed")}
    other = sorted(name for name, digest in digests.items() if known[name] != digest)
    if other:
        raise NotReadyError(
            f"Các tệp {', '.join(other)} của máy này khác với các máy thu thập khác. Hãy chép "
            "chúng từ máy có dịch vụ chính rồi chạy lại."
        )


def lead(database: FrontierDatabase, here: str, digests: Mapping[str, str], *, move: bool) -> None:
    """Be the main service, whose configuration holds for all: posts arrive here and nowhere else.

    `here` names the machine and the home; with `move` it takes over from another.

    Raises:
        NotReadyError: another is the main service, or has another key.
    """
    check_agreed(database, {KEY: digests[KEY]})
    with database.transaction() as connection:
        main = connection.execute(
            "INSERT INTO agreed (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET "
            "value = CASE WHEN ? = 1 THEN excluded.value ELSE agreed.value END RETURNING value",
            (MAIN, here, int(move)),
        ).one()
        if main.value != here:
            raise NotReadyError(
                f"Dịch vụ chính của các máy thu thập này là {main.value}: bài về đó. Nếu đã "
                "chuyển dịch vụ sang đây, hãy chạy `langnghe arrivals --move`; nếu không, trên "
                "máy này hãy chạy `langnghe collect` thay cho `langnghe run`."
            )
        for name, digest in sorted(digests.items()):
            connection.execute(
                "INSERT INTO agreed (name, value) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value "
                "WHERE agreed.value <> excluded.value",
                (name, digest),
            )
