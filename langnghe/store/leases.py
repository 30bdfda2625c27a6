"""Which collector visits which source, and asks which host.

A visit needs the lease of its source and of every host that it may ask, all or none: so no source
is read twice at once, and no host is asked by two collectors, whatever sources stand on it. A
lease runs out unless it is renewed; so what a dead collector held is free after that time.

All times are PostgreSQL's: the clocks of hosts differ, and one that is a minute ahead must not
take what is not free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from langnghe.core.errors import LangNgheError
from langnghe.store.crawlrecords import RunStatus
from langnghe.store.postgres import FrontierDatabase
from langnghe.store.times import optional_moment
from langnghe.store.transactions import Connection

_SOURCE, _HOST = "source", "host"
_NOW = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


class LeaseLostError(LangNgheError):
    """The source is another collector's by now: what was read of it may not be written."""


class Leases:
    """What one collector's process holds.

    Args:
        database: the one that collectors share.
        holder: names the process; no two have the same.
        length: how long a lease lives without a sign of life.
    """

    def __init__(self, database: FrontierDatabase, holder: str, length: timedelta) -> None:
        self._database = database
        self._holder = holder
        self.length = length
        self._hosts = Counter[str]()
        """How many of the sources that are held need each host."""

    def claim(self, source: str, hosts: Sequence[str]) -> bool:
        """Take a source with all of its hosts; gives whether all were free or held here already.

        One that another collector is claiming at this moment counts as taken: nobody waits.
        """
        names = sorted({(_SOURCE, source), *((_HOST, host) for host in hosts)})
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO lease (kind, name, holder, until) VALUES "  # noqa: S608  question marks only
                f"{', '.join(['(?, ?, ?, ?)'] * len(names))} ON CONFLICT DO NOTHING",
                [value for name in names for value in (*name, "", 0)],
            )
            mine = [
                (row.kind, row.name)
                for row in connection.execute(
                    f"SELECT kind, name FROM lease WHERE {_either(names)} AND (until <= {_NOW} "  # noqa: S608  question marks only
                    "OR (kind = ? AND holder = ?)) ORDER BY kind, name FOR UPDATE SKIP LOCKED",
                    [*_flat(names), _HOST, self._holder],
                )
            ]
            if sorted(mine) != names:
                return False
            self._set(connection, names, self._holder, self.length)
        self._hosts.update(set(hosts))
        return True

    def release(self, source: str, rests: dict[str, timedelta]) -> None:
        """Give a source back, and the hosts that no other source held here needs.

        `rests`: how long each of its hosts is to be left alone yet (its pace): the next collector
        asks it no earlier than this one would have.
        """
        self._hosts.subtract(rests.keys())
        with self._database.transaction() as connection:
            self._set(connection, [(_SOURCE, source)], "", timedelta(0), only_mine=True)
            for host, rest in sorted(rests.items()):
                if self._hosts[host] <= 0:
                    del self._hosts[host]
                    self._set(connection, [(_HOST, host)], "", rest, only_mine=True)

    def rest_until(self, hosts: Sequence[str], at_least: timedelta) -> datetime | None:
        """Until when the last of these hosts is left alone; None: none for so long, or in use."""
        names = [(_HOST, host) for host in hosts]
        with self._database.read() as connection:
            until = connection.execute(
                f"SELECT max(until) FROM lease WHERE {_either(names)} AND holder = '' "  # noqa: S608  question marks only
                f"AND until > {_NOW} + ?",
                [*_flat(names), _micros(at_least)],
            ).scalar_one()
        return optional_moment(until)

    def renew(self) -> None:
        """Show that this collector lives."""
        with self._database.transaction() as connection:
            connection.execute(
                f"UPDATE lease SET until = {_NOW} + ? WHERE holder = ?",  # noqa: S608  our own text
                (_micros(self.length), self._holder),
            )

    def abandoned(self) -> list[str]:
        """Sources with a run that nobody holds any more: its collector is dead."""
        with self._database.read() as connection:
            return [
                row.source
                for row in connection.execute(
                    "SELECT DISTINCT source FROM run WHERE status = ? AND NOT EXISTS (SELECT 1 "  # noqa: S608  our own text
                    "FROM lease WHERE kind = ? AND name = run.source AND holder <> '' "
                    f"AND until > {_NOW}) ORDER BY source",
                    (RunStatus.RUNNING.value, _SOURCE),
                )
            ]

    def hold(self, source: str) -> None:
        """Within a transaction: see to it that the source stays this collector's to its end.

        Raises:
            LeaseLostError: it is no longer.
        """
        with self._database.transaction() as connection:
            if (
                connection.execute(
                    # Late but not taken by another is soon enough: who would take it now passes it
                    # over (`claim`).
                    "SELECT 1 FROM lease WHERE kind = ? AND name = ? AND holder = ? FOR SHARE",
                    (_SOURCE, source, self._holder),
                ).first()
                is None
            ):
                raise LeaseLostError(f"{source}: một tiến trình thu thập khác đã nhận nguồn này.")

    def _set(
        self,
        connection: Connection,
        names: Sequence[tuple[str, str]],
        holder: str,
        length: timedelta,
        *,
        only_mine: bool = False,
    ) -> None:
        mine = " AND holder = ?" if only_mine else ""
        connection.execute(
            f"UPDATE lease SET holder = ?, until = {_NOW} + ? WHERE ({_either(names)}){mine}",  # noqa: S608  question marks only
            [
                *(holder, _micros(length), *_flat(names)),
                *((self._holder,) if only_mine else ()),
            ],
        )


def _either(names: Sequence[tuple[str, str]]) -> str:
    return f"(kind, name) IN ({', '.join(['(?, ?)'] * len(names))})"


def _flat(names: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name in names:
        yield from name


def _micros(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
