"""Hedged claims, numbers of quality, answers to the watch list

Revision: 0004
Revises: 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "claim",
        sa.Column("pk", big, autoincrement=True, nullable=False),
        sa.Column("briefing_pk", big, nullable=False),
        sa.Column("item_pk", big, nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("surface", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_claim_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_pk"], ["item.pk"], name=op.f("fk_claim_item_pk_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_briefing_pk"), ["briefing_pk"], unique=False)
        batch_op.create_index("ix_claim_item_pk_kind", ["item_pk", "kind"], unique=False)
    op.create_table(
        "measure",
        sa.Column("briefing_pk", big, autoincrement=False, nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_measure_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("briefing_pk", "name", name=op.f("pk_measure")),
    )
    op.create_table(
        "watch_term",
        sa.Column("mention_pk", big, autoincrement=False, nullable=False),
        sa.Column("entry_pk", big, nullable=False),
        sa.Column("entity_pk", big, nullable=False),
        sa.Column("hot", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_pk"],
            ["watchlist_entry.pk"],
            name=op.f("fk_watch_term_entry_pk_watchlist_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mention_pk"],
            ["mention.pk"],
            name=op.f("fk_watch_term_mention_pk_mention"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mention_pk", name=op.f("pk_watch_term")),
    )
    with op.batch_alter_table("watch_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_term_entity_pk"), ["entity_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_watch_term_entry_pk"), ["entry_pk"], unique=False)
    op.create_table(
        "watch_answer",
        sa.Column("pk", big, autoincrement=True, nullable=False),
        sa.Column("entry_pk", big, nullable=False),
        sa.Column("item_pk", big, nullable=False),
        sa.Column("after_days", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_pk"],
            ["watchlist_entry.pk"],
            name=op.f("fk_watch_answer_entry_pk_watchlist_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_pk"], ["item.pk"], name=op.f("fk_watch_answer_item_pk_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_watch_answer")),
        sa.UniqueConstraint("entry_pk", "item_pk", name=op.f("uq_watch_answer_entry_pk_item_pk")),
    )
    with op.batch_alter_table("watch_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_answer_item_pk"), ["item_pk"], unique=False)


def downgrade() -> None:
    op.drop_table("watch_answer")
    op.drop_table("watch_term")
    op.drop_table("measure")
    op.drop_table("claim")
