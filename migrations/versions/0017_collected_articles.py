"""Feeds, collected articles, and topics

Revision: 0017
Revises: 0016
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    _create_feeds()
    _create_articles()
    _create_topics()


def _pk() -> sa.Column[int]:
    return sa.Column("pk", _NUMBER, autoincrement=True, nullable=False)


def _text(name: str, length: int | None = None, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=null)


def _time(name: str, *, null: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, _TIME, nullable=null)


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.pk"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE",
    )


def _create_feeds() -> None:
    op.create_table(
        "feed",
        _pk(),
        _text("url"),
        _text("title", null=True),
        sa.Column("authority", sa.Float(), nullable=False),
        _text("section", 16, null=True),
        _text("etag", null=True),
        _text("last_modified", null=True),
        _time("fetched_at", null=True),
        _time("next_at", null=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        _text("error", null=True),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_feed")),
        sa.UniqueConstraint("url", name=op.f("uq_feed_url")),
    )


def _create_articles() -> None:
    op.create_table(
        "article",
        _pk(),
        _text("id", 16),
        sa.Column("feed_pk", _NUMBER, nullable=False),
        _text("url"),
        _text("source_id", 16),
        _text("publisher", 255),
        _text("title"),
        _text("language", 8),
        _time("published_at", null=True),
        _time("seen_at"),
        _time("moment"),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        _text("text"),
        _text("page", 8),
        _text("page_error", null=True),
        _foreign("article", "feed_pk", "feed"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_article")),
        sa.UniqueConstraint("id", name=op.f("uq_article_id")),
    )
    for name in ("feed_pk", "source_id", "publisher", "moment", "page"):
        op.create_index(op.f(f"ix_article_{name}"), "article", [name])
    op.create_table(
        "article_address",
        _pk(),
        sa.Column("article_pk", _NUMBER, nullable=False),
        _text("key", 96),
        _foreign("article_address", "article_pk", "article"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_article_address")),
        sa.UniqueConstraint("key", name=op.f("uq_article_address_key")),
    )
    op.create_index(op.f("ix_article_address_article_pk"), "article_address", ["article_pk"])


def _create_topics() -> None:
    op.create_table(
        "topic",
        _pk(),
        _text("id", 16),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("title"),
        _text("section_kind", 16),
        _text("importance", 12),
        _text("reason"),
        sa.Column("salience", sa.Float(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        _text("choice"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_topic")),
        sa.UniqueConstraint("id", name=op.f("uq_topic_id")),
    )
    op.create_index(op.f("ix_topic_date"), "topic", ["date"])
    op.create_table(
        "topic_article",
        sa.Column("topic_pk", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("article_pk", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _foreign("topic_article", "topic_pk", "topic"),
        _foreign("topic_article", "article_pk", "article"),
        sa.PrimaryKeyConstraint("topic_pk", "article_pk", name=op.f("pk_topic_article")),
    )
    op.create_index(op.f("ix_topic_article_article_pk"), "topic_article", ["article_pk"])


def downgrade() -> None:
    for table in ("topic_article", "topic", "article_address", "article", "feed"):
        op.drop_table(table)
