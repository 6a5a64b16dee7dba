"""The first schema

Revision: 0001
Revises:
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("prefix", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_api_key")),
        sa.UniqueConstraint("id", name=op.f("uq_api_key_id")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_api_key_prefix"), ["prefix"], unique=False)

    op.create_table(
        "change",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("object", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("object_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_object_id"), ["object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_version"), ["version"], unique=False)

    op.create_table(
        "channel",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_channel")),
        sa.UniqueConstraint("id", name=op.f("uq_channel_id")),
    )
    op.create_table(
        "dataset",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("instance", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("modified_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("knowledge", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.CheckConstraint("pk = 1", name=op.f("ck_dataset_single")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_dataset")),
    )
    op.create_table(
        "entity",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("node", sqlmodel.sql.sqltypes.AutoString(length=210), nullable=False),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(length=96), nullable=False),
        sa.Column("type", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("names", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("family_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("maker_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "merged_into_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("external_ids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_pk"],
            ["entity.pk"],
            name=op.f("fk_entity_family_pk_entity"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["maker_pk"], ["entity.pk"], name=op.f("fk_entity_maker_pk_entity"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_pk"],
            ["entity.pk"],
            name=op.f("fk_entity_merged_into_pk_entity"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_entity")),
        sa.UniqueConstraint("id", name=op.f("uq_entity_id")),
        sa.UniqueConstraint("node", name=op.f("uq_entity_node")),
        sa.UniqueConstraint("slug", name=op.f("uq_entity_slug")),
    )
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entity_family_pk"), ["family_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_entity_maker_pk"), ["maker_pk"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_entity_merged_into_pk"), ["merged_into_pk"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_entity_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_entity_type"), ["type"], unique=False)

    op.create_table(
        "publisher",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_publisher")),
        sa.UniqueConstraint("id", name=op.f("uq_publisher_id")),
    )
    op.create_table(
        "tag",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(length=96), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_tag")),
        sa.UniqueConstraint("key", name=op.f("uq_tag_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_tag_slug")),
    )
    op.create_table(
        "alias",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "entity_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("lang", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_pk"], ["entity.pk"], name=op.f("fk_alias_entity_pk_entity"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_alias")),
        sa.UniqueConstraint("entity_pk", "name", name=op.f("uq_alias_entity_pk_name")),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_entity_pk"), ["entity_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_key"), ["key"], unique=False)

    op.create_table(
        "briefing",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "channel_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("dialect", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("published_at", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("front_matter", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("heading", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("preamble", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("stats", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_pk"],
            ["channel.pk"],
            name=op.f("fk_briefing_channel_pk_channel"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_briefing")),
        sa.UniqueConstraint("channel_pk", "date", name=op.f("uq_briefing_channel_pk_date")),
        sa.UniqueConstraint("id", name=op.f("uq_briefing_id")),
    )
    with op.batch_alter_table("briefing", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_briefing_date_channel_pk"), ["date", "channel_pk"], unique=False
        )

    op.create_table(
        "source",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("arxiv_id", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column(
            "publisher_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["publisher_pk"],
            ["publisher.pk"],
            name=op.f("fk_source_publisher_pk_publisher"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_source")),
        sa.UniqueConstraint("id", name=op.f("uq_source_id")),
    )
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_source_arxiv_id"), ["arxiv_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_source_publisher_pk"), ["publisher_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_source_status"), ["status"], unique=False)

    op.create_table(
        "background_note",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("term", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_background_note_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_background_note")),
    )
    with op.batch_alter_table("background_note", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_background_note_briefing_pk"), ["briefing_pk"], unique=False
        )

    op.create_table(
        "briefing_tag",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("tag_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("start_char", sa.Integer(), nullable=True),
        sa.Column("end_char", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_briefing_tag_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_pk"], ["tag.pk"], name=op.f("fk_briefing_tag_tag_pk_tag"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_briefing_tag")),
    )
    with op.batch_alter_table("briefing_tag", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_briefing_tag_briefing_pk"), ["briefing_pk"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_briefing_tag_tag_pk_kind_date"), ["tag_pk", "kind", "date"], unique=False
        )

    op.create_table(
        "document",
        sa.Column(
            "briefing_pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "channel_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_document_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["channel_pk"],
            ["channel.pk"],
            name=op.f("fk_document_channel_pk_channel"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("briefing_pk", name=op.f("pk_document")),
        sa.UniqueConstraint("channel_pk", "sha256", name=op.f("uq_document_channel_pk_sha256")),
    )
    op.create_table(
        "insight",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_insight_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_insight")),
    )
    with op.batch_alter_table("insight", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_insight_briefing_pk"), ["briefing_pk"], unique=False)

    op.create_table(
        "judgement",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("left_key", sqlmodel.sql.sqltypes.AutoString(length=210), nullable=False),
        sa.Column("right_key", sqlmodel.sql.sqltypes.AutoString(length=210), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("undoes_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_judgement_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["undoes_pk"],
            ["judgement.pk"],
            name=op.f("fk_judgement_undoes_pk_judgement"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_judgement")),
        sa.UniqueConstraint("id", name=op.f("uq_judgement_id")),
    )
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judgement_briefing_pk"), ["briefing_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_judgement_left_key"), ["left_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_judgement_right_key"), ["right_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_judgement_undoes_pk"), ["undoes_pk"], unique=False)

    op.create_table(
        "section",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("blurb", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("notes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("containers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("last_line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_section_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_section")),
    )
    with op.batch_alter_table("section", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_section_briefing_pk"), ["briefing_pk"], unique=False)

    op.create_table(
        "watchlist_entry",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_watchlist_entry_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_watchlist_entry")),
        sa.UniqueConstraint("id", name=op.f("uq_watchlist_entry_id")),
    )
    with op.batch_alter_table("watchlist_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_watchlist_entry_briefing_pk"), ["briefing_pk"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_watchlist_entry_date_position"), ["date", "position"], unique=False
        )

    op.create_table(
        "item",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "section_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "channel_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("section_kind", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("importance_level", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=True),
        sa.Column("importance_rank", sa.Integer(), nullable=False),
        sa.Column("importance_label", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("importance_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("last_line", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.Column("content_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_item_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["channel_pk"],
            ["channel.pk"],
            name=op.f("fk_item_channel_pk_channel"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["section_pk"],
            ["section.pk"],
            name=op.f("fk_item_section_pk_section"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_item")),
        sa.UniqueConstraint("id", name=op.f("uq_item_id")),
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_briefing_pk"), ["briefing_pk"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_item_date_channel_pk_ordinal"),
            ["date", "channel_pk", "ordinal"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_item_importance_rank_date"), ["importance_rank", "date"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_item_section_kind_date"), ["section_kind", "date"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_item_section_pk"), ["section_pk"], unique=False)

    op.create_table(
        "citation",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "source_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("item_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "channel_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("target", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("raw", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("arxiv_version", sa.Integer(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_citation_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["channel_pk"],
            ["channel.pk"],
            name=op.f("fk_citation_channel_pk_channel"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["item_pk"], ["item.pk"], name=op.f("fk_citation_item_pk_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_pk"],
            ["source.pk"],
            name=op.f("fk_citation_source_pk_source"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_citation")),
    )
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_citation_briefing_pk"), ["briefing_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_citation_item_pk"), ["item_pk"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_citation_source_pk_date_item_pk"),
            ["source_pk", "date", "item_pk"],
            unique=False,
        )

    op.create_table(
        "mention",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("entity_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("item_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cell_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "judgement_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "channel_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("surface", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("node", sqlmodel.sql.sqltypes.AutoString(length=210), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_mention_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cell_pk"], ["mention.pk"], name=op.f("fk_mention_cell_pk_mention"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["channel_pk"],
            ["channel.pk"],
            name=op.f("fk_mention_channel_pk_channel"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["entity_pk"],
            ["entity.pk"],
            name=op.f("fk_mention_entity_pk_entity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_pk"], ["item.pk"], name=op.f("fk_mention_item_pk_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["judgement_pk"],
            ["judgement.pk"],
            name=op.f("fk_mention_judgement_pk_judgement"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_mention")),
    )
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mention_briefing_pk"), ["briefing_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_mention_cell_pk"), ["cell_pk"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_mention_entity_pk_date_item_pk"),
            ["entity_pk", "date", "item_pk"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_mention_item_pk"), ["item_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_mention_judgement_pk"), ["judgement_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_mention_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_mention_node"), ["node"], unique=False)

    op.create_table(
        "reading",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "citation_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("target", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_reading_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["citation_pk"],
            ["citation.pk"],
            name=op.f("fk_reading_citation_pk_citation"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_reading")),
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_briefing_pk"), ["briefing_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_citation_pk"), ["citation_pk"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_citation_pk"))
        batch_op.drop_index(batch_op.f("ix_reading_briefing_pk"))

    op.drop_table("reading")
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mention_node"))
        batch_op.drop_index(batch_op.f("ix_mention_key"))
        batch_op.drop_index(batch_op.f("ix_mention_judgement_pk"))
        batch_op.drop_index(batch_op.f("ix_mention_item_pk"))
        batch_op.drop_index(batch_op.f("ix_mention_entity_pk_date_item_pk"))
        batch_op.drop_index(batch_op.f("ix_mention_cell_pk"))
        batch_op.drop_index(batch_op.f("ix_mention_briefing_pk"))

    op.drop_table("mention")
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_citation_source_pk_date_item_pk"))
        batch_op.drop_index(batch_op.f("ix_citation_item_pk"))
        batch_op.drop_index(batch_op.f("ix_citation_briefing_pk"))

    op.drop_table("citation")
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_section_pk"))
        batch_op.drop_index(batch_op.f("ix_item_section_kind_date"))
        batch_op.drop_index(batch_op.f("ix_item_importance_rank_date"))
        batch_op.drop_index(batch_op.f("ix_item_date_channel_pk_ordinal"))
        batch_op.drop_index(batch_op.f("ix_item_briefing_pk"))

    op.drop_table("item")
    with op.batch_alter_table("watchlist_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watchlist_entry_date_position"))
        batch_op.drop_index(batch_op.f("ix_watchlist_entry_briefing_pk"))

    op.drop_table("watchlist_entry")
    with op.batch_alter_table("section", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_section_briefing_pk"))

    op.drop_table("section")
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judgement_undoes_pk"))
        batch_op.drop_index(batch_op.f("ix_judgement_right_key"))
        batch_op.drop_index(batch_op.f("ix_judgement_left_key"))
        batch_op.drop_index(batch_op.f("ix_judgement_briefing_pk"))

    op.drop_table("judgement")
    with op.batch_alter_table("insight", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_insight_briefing_pk"))

    op.drop_table("insight")
    op.drop_table("document")
    with op.batch_alter_table("briefing_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_briefing_tag_tag_pk_kind_date"))
        batch_op.drop_index(batch_op.f("ix_briefing_tag_briefing_pk"))

    op.drop_table("briefing_tag")
    with op.batch_alter_table("background_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_background_note_briefing_pk"))

    op.drop_table("background_note")
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_status"))
        batch_op.drop_index(batch_op.f("ix_source_publisher_pk"))
        batch_op.drop_index(batch_op.f("ix_source_arxiv_id"))

    op.drop_table("source")
    with op.batch_alter_table("briefing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_briefing_date_channel_pk"))

    op.drop_table("briefing")
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alias_key"))
        batch_op.drop_index(batch_op.f("ix_alias_entity_pk"))

    op.drop_table("alias")
    op.drop_table("tag")
    op.drop_table("publisher")
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entity_type"))
        batch_op.drop_index(batch_op.f("ix_entity_name"))
        batch_op.drop_index(batch_op.f("ix_entity_merged_into_pk"))
        batch_op.drop_index(batch_op.f("ix_entity_maker_pk"))
        batch_op.drop_index(batch_op.f("ix_entity_family_pk"))

    op.drop_table("entity")
    op.drop_table("dataset")
    op.drop_table("channel")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_version"))
        batch_op.drop_index(batch_op.f("ix_change_object_id"))

    op.drop_table("change")
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_key_prefix"))
        batch_op.drop_index(batch_op.f("ix_api_key_name"))

    op.drop_table("api_key")
