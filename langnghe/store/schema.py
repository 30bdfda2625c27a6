"""The tables, as SQLAlchemy sees them; each says what a row of it is.

A new database is made by the migrations alone. These definitions are what the migrations must
add up to (`tests/store/test_migrations.py` compares the two), and the place to read what a
column means. Times are microseconds since 1970 in UTC, days are `date.toordinal()`.

There is no column for who wrote a post, and none may be added (boundary 1). The accounts below
are those of the people who work with the service.
"""

from __future__ import annotations

from sqlalchemy import (
    REAL,
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

WHOLE = BigInteger().with_variant(Integer, "sqlite")
"""A whole number that may be a time: PostgreSQL's INTEGER is too small for it."""

name = Table(
    "name",
    metadata,
    Column("id", Integer, primary_key=True, doc="small number that stands for the word elsewhere"),
    Column("kind", Text, nullable=False, doc="topic, place, source, channel, sentiment, …"),
    Column("value", Text, nullable=False),
    UniqueConstraint("kind", "value"),
    sqlite_strict=True,
)
"""Dictionary of the words that recur in every row."""

name_set = Table(
    "name_set",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False, doc="topic, place or reason"),
    Column("members", Text, nullable=False, doc="ids of `name` in order, joined by commas"),
    UniqueConstraint("kind", "members"),
    sqlite_strict=True,
)
"""The topics, places or reasons of a post taken together: few combinations occur, so that one
small number in `facet` holds all of them."""

name_set_member = Table(
    "name_set_member",
    metadata,
    Column("name_id", Integer, ForeignKey("name.id"), primary_key=True),
    Column("set_id", Integer, ForeignKey("name_set.id"), primary_key=True),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""In which sets a topic, place or reason occurs."""

post = Table(
    "post",
    metadata,
    Column("no", Integer, primary_key=True, doc="grows with each post stored, never used twice"),
    Column("id", Text, nullable=False, unique=True, doc="keyed id (core.ids)"),
    Column("kind", Text, nullable=False, doc="models.PostKind"),
    Column("thread_id", Text, nullable=False, doc="keyed id"),
    Column("parent_id", Text, doc="keyed id of the post that this one answers"),
    Column("url", Text, nullable=False, doc="public page or thread"),
    Column("title", Text, nullable=False, doc="masked, as written"),
    Column("text", Text, nullable=False, doc="masked, as written"),
    Column("precision", Text, nullable=False, doc="models.TimePrecision of facet.published"),
    Column("fetched", Integer, nullable=False, doc="time"),
    Column("masked", Text, nullable=False, doc="JSON object: what was masked, counted by kind"),
    Column("reactions", Integer, doc="NULL where the source does not say"),
    Index("post_thread", "thread_id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
"""A post, with what is only read when it is shown. A changed text gets a new `no`."""

_LABELS = ("source", "channel", "sentiment", "intent", "reasons")
"""What each index of `facet` holds beside its own columns, so that no row need be read."""

facet = Table(
    "facet",
    metadata,
    Column("no", Integer, ForeignKey("post.no"), primary_key=True),
    Column("published", Integer, nullable=False, doc="time"),
    Column("day", Integer, nullable=False, doc="day of `published` in Viet Nam"),
    Column("source", Integer, nullable=False, doc="name.id"),
    Column("channel", Integer, nullable=False, doc="name.id"),
    Column("sentiment", Integer, nullable=False, doc="name.id; 'unlabelled' before a label"),
    Column("intent", Integer, nullable=False, doc="name.id; 'unlabelled' before a label"),
    Column("topics", Integer, nullable=False, doc="name_set.id"),
    Column("places", Integer, nullable=False, doc="name_set.id"),
    Column("reasons", Integer, nullable=False, doc="name_set.id, or 0 for none"),
    Column("cluster", Integer, nullable=False, doc="cluster of near-duplicates"),
    Column("model", Integer, nullable=False, doc="name.id of the model that labelled it, or 0"),
    Column("register", Integer, nullable=False, doc="name.id of what label.matches are to, or 0"),
    Column(
        "seen",
        Integer,
        nullable=False,
        server_default=text("0"),
        doc="time when it was last seen at its source",
    ),
    Column(
        "page",
        Integer,
        nullable=False,
        server_default=text("0"),
        doc="page_mark of the frontier's page that it was seen on; 0: unknown, or a file",
    ),
    Index("facet_time", "published", *_LABELS, "topics", "places"),
    Index("facet_topics", "topics", "published", *_LABELS, "places"),
    Index("facet_places", "places", "published", *_LABELS, "topics"),
    Index(
        "facet_reasons",
        *("reasons", "published", "source", "channel", "sentiment", "intent", "topics", "places"),
        sqlite_where=text("reasons > 0"),
    ),
    Index("facet_cluster", "cluster", "published"),
    Index("facet_work", "model", "register"),
    Index("facet_seen", "channel", "seen"),
    Index("facet_page", "page", sqlite_where=text("page > 0")),
    sqlite_strict=True,
)
"""What a post is filtered, sorted and counted by: narrow, whole numbers only."""

label = Table(
    "label",
    metadata,
    Column("no", Integer, ForeignKey("post.no"), primary_key=True),
    Column("scores", Text, nullable=False, doc="JSON object: by label, 0 to 1"),
    Column("marks", Text, nullable=False, doc="JSON list: [kind, words] of each models.Mark"),
    Column("matches", Text, nullable=False, doc="JSON list of models.ClaimMatch, best first"),
    sqlite_strict=True,
)
"""What the model named in `facet.model` says of a post, beside the columns of `facet`."""

embedding = Table(
    "embedding",
    metadata,
    Column("no", Integer, ForeignKey("post.no"), primary_key=True),
    Column("vector", LargeBinary, nullable=False, doc="as classifier.vectors packs it"),
    sqlite_strict=True,
)
"""What a post means, by the same model. On pages of its own: no search reads it."""

leader = Table(
    "leader",
    metadata,
    Column("no", Integer, ForeignKey("post.no"), primary_key=True),
    Column("sketch", LargeBinary, nullable=False, doc="signatures, a byte for each value"),
    sqlite_strict=True,
)
"""The post of each cluster that others are compared with."""

band = Table(
    "band",
    metadata,
    Column("bucket", Integer, primary_key=True, doc="span of days that the post falls into"),
    Column("key", Integer, primary_key=True, doc="hash of one band of the text's signature"),
    Column("no", Integer, primary_key=True, doc="post.no"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Where leaders are looked up by their signature (`store.posts.clusters`)."""

daily = Table(
    "daily",
    metadata,
    Column("day", Integer, primary_key=True),
    Column("source", Integer, primary_key=True, doc="name.id, or 0 for all"),
    Column("channel", Integer, primary_key=True, doc="name.id, or 0 for all"),
    Column("place", Integer, primary_key=True, doc="name.id, or 0 for all"),
    Column("topic", Integer, primary_key=True, doc="name.id, or 0 for all"),
    Column("sentiment", Integer, primary_key=True, doc="name.id"),
    Column("intent", Integer, primary_key=True, doc="name.id"),
    Column("posts", Integer, nullable=False, doc="purged posts included"),
    Column("kept", Integer, nullable=False, doc="posts whose text is still there"),
    Index(
        "daily_source",
        *("source", "channel", "sentiment", "intent", "day", "posts", "kept"),
        sqlite_where=text("place = 0 AND topic = 0"),
    ),
    Index(
        "daily_topic",
        *("topic", "sentiment", "intent", "day", "posts", "kept"),
        sqlite_where=text("source = 0 AND channel = 0 AND place = 0"),
    ),
    Index(
        "daily_place",
        *("place", "sentiment", "intent", "day", "posts", "kept"),
        sqlite_where=text("source = 0 AND channel = 0 AND topic = 0"),
    ),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Daily counts; outlive the posts. See `store.posts.counts` for which rows there are."""

source_channel = Table(
    "source_channel",
    metadata,
    Column("source", Integer, primary_key=True, doc="name.id"),
    Column("channel", Integer, primary_key=True, doc="name.id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Which pairs of these occur in `daily`: a source has one channel, unless it was reconfigured."""

day_span = Table(
    "day_span",
    metadata,
    Column("day", Integer, primary_key=True),
    Column("first_no", Integer, nullable=False),
    Column("last_no", Integer, nullable=False),
    sqlite_strict=True,
)
"""The least and greatest `post.no` ever published on a day: bounds a text search by dates."""

purge = Table(
    "purge",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False, doc="time"),
    Column("days", Integer, nullable=False, doc="the retention period that was applied"),
    Column("posts", Integer, nullable=False),
    Column("by_source", Text, nullable=False, doc="JSON object: posts by source"),
    Column(
        "reason",
        Text,
        nullable=False,
        server_default=text("'retention'"),
        doc="interface.PurgeReason",
    ),
    sqlite_strict=True,
)
"""Audit: each time that posts were deleted, counts only."""

api_use = Table(
    "api_use",
    metadata,
    Column("key", Text, primary_key=True, doc="the name of a secret, never its value"),
    Column("day", WHOLE, primary_key=True, doc="day in the zone where its quota begins anew"),
    Column("units", WHOLE, nullable=False, doc="of its quota, as the vendor counts"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""How much of a key's daily quota was used."""

page = Table(
    "page",
    metadata,
    Column("source", Text, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("kind", Text, nullable=False, doc="crawler.items.PageKind"),
    Column("discovered", WHOLE, nullable=False, doc="time"),
    Column("changed", WHOLE, doc="time of its last change, as the site says"),
    Column("next_visit", WHOLE, doc="time; NULL: not to be visited again"),
    Column("last_visit", WHOLE, doc="time of the last answer that was used"),
    Column("visits", WHOLE, nullable=False, server_default=text("0")),
    Column("failures", REAL, nullable=False, server_default=text("0"), doc="weighted, in a row"),
    Column("last_status", WHOLE, doc="HTTP status; NULL: none came"),
    Column("etag", Text),
    Column("last_modified", Text, doc="the header as it came"),
    Column("gone_since", WHOLE, doc="time of the first 404 or 410 since it was last read"),
    Column("last_problem", Text, doc="text key of what went wrong last; NULL: it was read"),
    Index("page_due", "source", "next_visit"),
    sqlite_strict=True,
)
"""The frontier: every page known of a source."""

source_state = Table(
    "source_state",
    metadata,
    Column("source", Text, primary_key=True),
    Column("last_attempt", WHOLE, doc="time"),
    Column("last_success", WHOLE, doc="time"),
    Column("last_yield", WHOLE, doc="posts stored by the last run that finished"),
    Column("failures", REAL, nullable=False, server_default=text("0"), doc="weighted, in a row"),
    Column("backoff_until", WHOLE, doc="time"),
    Column("last_problem", Text, doc="text key of what went wrong last"),
    Column("cursor", Text, nullable=False, server_default=text("'{}'"), doc="JSON: the spider's"),
    sqlite_strict=True,
)
"""What the crawler remembers of a source as a whole."""

run = Table(
    "run",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("source", Text, nullable=False),
    Column("started", WHOLE, nullable=False, doc="time"),
    Column("finished", WHOLE, doc="time"),
    Column("status", Text, nullable=False, doc="crawlstate.RunStatus"),
    Column("process", WHOLE, nullable=False, doc="process id on this machine"),
    Column("seen_alive", WHOLE, nullable=False, doc="time of the last sign of life"),
    Column("requests", WHOLE, nullable=False, server_default=text("0")),
    Column("not_modified", WHOLE, nullable=False, server_default=text("0"), doc="answers 304"),
    Column("problem", Text, doc="text key of why it failed"),
    Index("run_source", "source", "started"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
"""One visit to one source."""

outcome = Table(
    "outcome",
    metadata,
    Column("source", Text, primary_key=True),
    Column("day", WHOLE, primary_key=True, doc="day in Viet Nam on which it was read"),
    Column("run", WHOLE, ForeignKey("run.id"), primary_key=True),
    Column("outcome", Text, primary_key=True, doc="models.Outcome"),
    Column("reason", Text, primary_key=True, doc="models.RejectReason, or empty"),
    Column("items", WHOLE, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""How many items had which outcome: each item counts once."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False, doc="the public page; never what it says"),
    Column("reason", Text, nullable=False),
    Column("first_seen", WHOLE, nullable=False, doc="time"),
    Column("last_seen", WHOLE, nullable=False, doc="time"),
    Column("times", WHOLE, nullable=False),
    UniqueConstraint("source", "url", "reason"),
    sqlite_strict=True,
)
"""Pages whose items could not be used, with the reason; never text."""

source_habit = Table(
    "source_habit",
    metadata,
    Column("source", Text, primary_key=True),
    Column("counted_until", WHOLE, nullable=False, doc="time of the last visit that is in it"),
    Column("last_new", WHOLE, doc="time when something new was last found"),
    Column("body", Text, nullable=False, doc="JSON object: store.habits.Habit"),
    sqlite_strict=True,
)
"""What a source usually gives: when it is visited, and when its silence is unusual."""

source_notices = Table(
    "source_notices",
    metadata,
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True, doc="sourcenotices.NoticeKind"),
    Column("since", WHOLE, primary_key=True, autoincrement=False, doc="time when it was opened"),
    Column("until", WHOLE, doc="time; NULL: what it says still holds"),
    Column("cause", Text, nullable=False, doc="sourcenotices.Cause, the likely one"),
    Column("deadline", WHOLE, doc="time by which to act, as when a key ends"),
    Column("told", Text, nullable=False, doc="JSON list: recipients of alerts that were told"),
    Index(
        "source_notices_open",
        *("source", "kind"),
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
    Index("source_notices_since", "since"),
    sqlite_strict=True,
)
"""What an administrator should know of a source, such as that it gives nothing any more."""

page_yield = Table(
    "page_yield",
    metadata,
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True, doc="crawler.items.PageKind"),
    Column("field", Text, primary_key=True, doc="text, date, comments…"),
    Column("seen", REAL, nullable=False, doc="pages, older ones fading"),
    Column("found", REAL, nullable=False, doc="those of them that gave the field"),
    Column("recent", Text, nullable=False, doc="the last pages, newest last: 1 gave it, 0 not"),
    sqlite_strict=True,
)
"""How often the pages of a source give what they should (`layouts.Share`)."""

page_layout = Table(
    "page_layout",
    metadata,
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True, doc="crawler.items.PageKind"),
    Column("usual", Text, nullable=False, doc="JSON: elements of a good page, counted; no text"),
    Column("changed", WHOLE, doc="time since when pages give too little; NULL: they do not"),
    Column("fallen", Text, nullable=False, doc="JSON list: the fields given too rarely"),
    Column("now", Text, nullable=False, doc="JSON: as `usual`, of a page that gives too little"),
    Column("holds", WHOLE, nullable=False, doc="0 or 1: whether pages are held back meanwhile"),
    sqlite_strict=True,
)
"""What the pages of a source are made of, and which kinds of them have changed."""

# Casework, from here on: in the same SQLite file, or in PostgreSQL.

cases = Table(
    "cases",
    metadata,
    Column("kind", Text, primary_key=True, doc="review, claim, petition, report…"),
    Column("id", Text, primary_key=True),
    Column("version", WHOLE, nullable=False, doc="1, and one more with each change"),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, doc="models.Reason of a review item, else empty"),
    Column("topic", Text, nullable=False, doc="id, or empty"),
    Column("agency", Text, nullable=False, doc="who is to answer, or empty"),
    Column("owner", Text, nullable=False, doc="account that it is assigned to, or empty"),
    Column("urgent", WHOLE, nullable=False, doc="0 or 1"),
    Column("due_on", WHOLE, doc="day; NULL: no deadline"),
    Column("opened_at", WHOLE, nullable=False, doc="time"),
    Column("changed_at", WHOLE, nullable=False, doc="time"),
    Column("body", Text, nullable=False, doc="JSON object: the whole of it"),
    Index("cases_queue", "kind", "state", "opened_at"),
    Index("cases_due", "kind", "due_on"),
    sqlite_strict=True,
)
"""A review item, claim, petition or field report: its body, and what it is found by."""

case_posts = Table(
    "case_posts",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("post_id", Text, primary_key=True, doc="keyed id; its text may be purged by now"),
    ForeignKeyConstraint(["kind", "case_id"], ["cases.kind", "cases.id"]),
    Index("case_posts_post", "post_id", "kind"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Which posts a case is about."""

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True, doc="such as `PA.20261121`"),
    Column("value", WHOLE, nullable=False, doc="the last number that was given"),
    sqlite_strict=True,
)
"""Running numbers; one that is taken by a transaction that fails is given again."""

audit = Table(
    "audit",
    metadata,
    Column("number", WHOLE, primary_key=True, autoincrement=False, doc="1, 2, 3… without a gap"),
    Column("at", WHOLE, nullable=False, doc="time"),
    Column("who", Text, nullable=False, doc="account, or the service itself"),
    Column("what", Text, nullable=False, doc="the action"),
    Column("kind", Text, nullable=False, doc="of the case, or `account` and the like"),
    Column("case_id", Text, nullable=False),
    Column("before", Text, nullable=False, doc="JSON object: what changed, as it was"),
    Column("after", Text, nullable=False, doc="JSON object: what changed, as it is"),
    Column("why", Text, nullable=False, doc="as the person who acted put it, or empty"),
    Column("content", Text, nullable=False, doc="SHA-256 of the case's row after it, or empty"),
    Column("previous", Text, nullable=False, doc="hash of the entry before it, or empty"),
    Column("hash", Text, nullable=False, doc="SHA-256 of all the above (store.auditlog)"),
    Index("audit_case", "kind", "case_id"),
    sqlite_strict=True,
)
"""Who did what, when, why. Triggers refuse any change or removal of a row."""

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True, doc="what is typed at log-in"),
    Column("state", Text, nullable=False),
    Column("name", Text, nullable=False, doc="the official's own, as colleagues know it"),
    Column("roles", Text, nullable=False, doc="JSON list, sorted"),
    Column("email", Text, unique=True, doc="lower-case"),
    Column("password", Text, doc="argon2id; NULL: logs in by OpenID Connect alone"),
    Column("must_change", WHOLE, nullable=False, doc="0 or 1: the password, at the next log-in"),
    Column("totp_secret", Text, doc="Base32; NULL: no second factor"),
    Column("totp_step", WHOLE, nullable=False, doc="the last one used, or 0"),
    Column("generation", WHOLE, nullable=False, doc="sessions of an earlier one have ended"),
    sqlite_strict=True,
)
"""Who may log in. Never removed: the audit names them."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True, doc="SHA-256 of the cookie's token"),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("generation", WHOLE, nullable=False, doc="accounts.generation when it began"),
    Column("started_at", WHOLE, nullable=False, doc="time"),
    Column("seen_at", WHOLE, nullable=False, doc="time"),
    sqlite_strict=True,
)
"""A browser that is logged in; nothing about the browser or its address."""

login_attempts = Table(
    "login_attempts",
    metadata,
    Column("key", Text, primary_key=True, doc="short hash of an account's name, or `*` for all"),
    Column("recent", Text, nullable=False, doc="JSON list of times: log-ins that failed"),
    Column("waits", WHOLE, nullable=False, doc="how often it had to wait"),
    Column("wait_until", WHOLE, doc="time"),
    sqlite_strict=True,
)
"""How often log-ins failed of late."""

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True, doc="such as `CB.20261112.0001`"),
    Column("version", WHOLE, nullable=False, doc="1, and one more with each change"),
    Column("state", Text, nullable=False, doc="open, seen or closed"),
    Column("kind", Text, nullable=False, doc="topic, or urgent"),
    Column("topic", Text, nullable=False, doc="id; empty: posts that say that life is in danger"),
    Column("began_on", WHOLE, nullable=False, doc="day"),
    Column("going_on", WHOLE, nullable=False, doc="0 or 1: whether the rise still lasts"),
    Column("body", Text, nullable=False, doc="JSON object: the whole of it (trends.alerts)"),
    Index("alerts_list", "began_on", "id"),
    Index(
        "alerts_going_on",
        *("kind", "topic"),
        unique=True,
        sqlite_where=text("going_on = 1"),
        postgresql_where=text("going_on = 1"),
    ),
    sqlite_strict=True,
)
"""An unusual rise: figures, no texts."""

alert_messages = Table(
    "alert_messages",
    metadata,
    Column("alert", Text, ForeignKey("alerts.id"), primary_key=True),
    Column("recipient", Text, primary_key=True, doc="`mail:` an office's address, `hook:` a name"),
    Column("state", Text, nullable=False, doc="waiting, sent or failed"),
    Column("attempts", WHOLE, nullable=False, doc="how often it was tried"),
    Column("next_at", WHOLE, nullable=False, doc="time: not tried before"),
    Column("problem", Text, nullable=False, doc="text key of what went wrong last, or empty"),
    Index("alert_messages_due", "state", "next_at"),
    sqlite_strict=True,
)
"""Who is told of an alert, and whether they have been."""

opinion_streams = Table(
    "opinion_streams",
    metadata,
    Column("topic", Text, primary_key=True, doc="id"),
    Column("since", WHOLE, primary_key=True, autoincrement=False, doc="day, first of a period"),
    Column("until", WHOLE, primary_key=True, autoincrement=False, doc="day, last of it"),
    Column("version", WHOLE, nullable=False, doc="1, and one more with each change"),
    Column("body", Text, nullable=False, doc="JSON object: trends.monthstreams.Found"),
    sqlite_strict=True,
)
"""What the posts of a topic and period said, in groups by meaning; outlives the posts."""

forecasts = Table(
    "forecasts",
    metadata,
    Column("topic", Text, primary_key=True, doc="id"),
    Column("body", Text, nullable=False, doc="JSON object: trends.forecast.Forecast"),
    sqlite_strict=True,
)
"""The newest forecast of each topic, or why there is none; made at night, read by the pages."""

CRAWL = (
    *(page, source_state, run, outcome, quarantine, api_use),
    *(source_habit, source_notices, page_yield, page_layout),
)
"""The state of the crawl: in the SQLite file, or in the PostgreSQL that collectors share."""

CASEWORK = (
    *(cases, case_posts, counters, audit, accounts, sessions, login_attempts),
    *(alerts, alert_messages, opinion_streams, forecasts),
)
"""What people decide and do: in the SQLite file, or in PostgreSQL."""

# What several collectors share; only in PostgreSQL.

shared = MetaData()

lease = Table(
    "lease",
    shared,
    Column("kind", Text, primary_key=True, doc="source or host"),
    Column("name", Text, primary_key=True, doc="a source's name; a host, with an odd port"),
    Column("holder", Text, nullable=False, doc="the collector's process, or empty"),
    Column("until", BigInteger, nullable=False, doc="time, by the clock of PostgreSQL"),
)
"""Which collector visits a source, and which host it may ask. A dead one's leases run out."""

agreed = Table(
    "agreed",
    shared,
    Column("name", Text, primary_key=True, doc="id.key, a file of configs/, or main"),
    Column("value", Text, nullable=False, doc="a digest; of main: its machine and folder"),
)
"""What all collectors must have alike, as the first of them, or the main service, had it."""

arriving = Table(
    "arriving",
    shared,
    Column("number", BigInteger, primary_key=True, doc="grows"),
    Column("kind", Text, nullable=False, doc="outbox.Kind"),
    Column("expires", BigInteger, nullable=False, doc="time when the post goes, unless seen again"),
    Column("body", Text, nullable=False, doc="JSON: as its kind says; posts are de-identified"),
    Index("arriving_expires", "expires"),
)
"""What is on its way from a collector to the main service's store (`store.outbox`)."""

sent = Table(
    "sent",
    shared,
    Column("post", Text, primary_key=True, doc="keyed id"),
    Column("source", Text, nullable=False),
    Column("channel", Text, nullable=False, doc="models.Channel"),
    Column("thread", Text, nullable=False, doc="keyed id"),
    Column("kind", Text, nullable=False, doc="models.PostKind"),
    Column("content", Text, nullable=False, doc="digest of the masked text"),
    Column("title", Text, nullable=False, doc="masked"),
    Column("seen", BigInteger, nullable=False, doc="time when it was last seen at its source"),
    Column("page", BigInteger, nullable=False, doc="as facet.page"),
    Column("expires", BigInteger, nullable=False, doc="time when the post goes, unless seen again"),
    Column("body", Text, nullable=False, doc="JSON: the models.Post without its text"),
    Index("sent_expires", "expires"),
    Index("sent_seen", "source", "seen"),
)
"""Posts that collectors handed on, so that each knows what is new. Goes when the post goes."""
