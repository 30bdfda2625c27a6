"""All that the second model says of a post: intent, reasons, marks, matches, embedding.

SQLite cannot add a column to a key or one without a default value, so three tables are written
anew. What the first model said stays until the second has labelled the post again; until then
its intent is unknown.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNLABELLED = "(SELECT id FROM name WHERE kind = 'intent' AND value = 'unlabelled')"

STATEMENTS = (
    """
    INSERT INTO name (kind, value)
    SELECT 'intent', 'unlabelled' WHERE EXISTS (SELECT 1 FROM daily)
    """,
    # The indexes of a renamed table keep their names, which the new one needs: dropped first.
    "DROP INDEX facet_cluster",
    "DROP INDEX facet_model",
    "DROP INDEX facet_places",
    "DROP INDEX facet_time",
    "DROP INDEX facet_topics",
    "ALTER TABLE facet RENAME TO old_facet",
    """
    CREATE TABLE facet (
        no INTEGER NOT NULL,
        published INTEGER NOT NULL,
        day INTEGER NOT NULL,
        source INTEGER NOT NULL,
        channel INTEGER NOT NULL,
        sentiment INTEGER NOT NULL,
        intent INTEGER NOT NULL,
        topics INTEGER NOT NULL,
        places INTEGER NOT NULL,
        reasons INTEGER NOT NULL,
        cluster INTEGER NOT NULL,
        model INTEGER NOT NULL,
        register INTEGER NOT NULL,
        PRIMARY KEY (no),
        FOREIGN KEY(no) REFERENCES post (no)
    ) STRICT
    """,
    f"""
    INSERT INTO facet
    SELECT no, published, day, source, channel, sentiment, {UNLABELLED}, topics, places, 0,
        cluster, model, 0
    FROM old_facet ORDER BY no
    """,  # noqa: S608  a constant
    "DROP TABLE old_facet",
    "CREATE INDEX facet_cluster ON facet (cluster, published)",
    "CREATE INDEX facet_work ON facet (model, register)",
    """
    CREATE INDEX facet_places ON facet
    (places, published, source, channel, sentiment, intent, reasons, topics)
    """,
    """
    CREATE INDEX facet_reasons ON facet
    (reasons, published, source, channel, sentiment, intent, topics, places) WHERE reasons > 0
    """,
    """
    CREATE INDEX facet_time ON facet
    (published, source, channel, sentiment, intent, reasons, topics, places)
    """,
    """
    CREATE INDEX facet_topics ON facet
    (topics, published, source, channel, sentiment, intent, reasons, places)
    """,
    "ALTER TABLE label RENAME TO old_label",
    """
    CREATE TABLE label (
        no INTEGER NOT NULL,
        scores TEXT NOT NULL,
        marks TEXT NOT NULL,
        matches TEXT NOT NULL,
        PRIMARY KEY (no),
        FOREIGN KEY(no) REFERENCES post (no)
    ) STRICT
    """,
    "INSERT INTO label SELECT no, scores, '[]', '[]' FROM old_label ORDER BY no",
    "DROP TABLE old_label",
    """
    CREATE TABLE embedding (
        no INTEGER NOT NULL,
        vector BLOB NOT NULL,
        PRIMARY KEY (no),
        FOREIGN KEY(no) REFERENCES post (no)
    ) STRICT
    """,
    "DROP INDEX daily_place",
    "DROP INDEX daily_source",
    "DROP INDEX daily_topic",
    "ALTER TABLE daily RENAME TO old_daily",
    """
    CREATE TABLE daily (
        day INTEGER NOT NULL,
        source INTEGER NOT NULL,
        channel INTEGER NOT NULL,
        place INTEGER NOT NULL,
        topic INTEGER NOT NULL,
        sentiment INTEGER NOT NULL,
        intent INTEGER NOT NULL,
        posts INTEGER NOT NULL,
        kept INTEGER NOT NULL,
        PRIMARY KEY (day, source, channel, place, topic, sentiment, intent)
    ) WITHOUT ROWID, STRICT
    """,
    f"""
    INSERT INTO daily
    SELECT day, source, channel, place, topic, sentiment, {UNLABELLED}, posts, kept FROM old_daily
    ORDER BY day, source, channel, place, topic, sentiment
    """,  # noqa: S608  a constant
    "DROP TABLE old_daily",
    """
    CREATE INDEX daily_place ON daily (place, sentiment, intent, day, posts, kept)
    WHERE source = 0 AND channel = 0 AND topic = 0
    """,
    """
    CREATE INDEX daily_source ON daily (source, channel, sentiment, intent, day, posts, kept)
    WHERE place = 0 AND topic = 0
    """,
    """
    CREATE INDEX daily_topic ON daily (topic, sentiment, intent, day, posts, kept)
    WHERE source = 0 AND channel = 0 AND place = 0
    """,
)


def upgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        return  # Posts and the state of the crawl lie in the SQLite file, wherever casework does.
    for statement in STATEMENTS:
        op.execute(statement)
