"""Threads and echoes

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "thread",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_thread")),
        sa.UniqueConstraint("id", name=op.f("uq_thread_id")),
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_first_date"), ["first_date"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_thread_last_date_first_date"), ["last_date", "first_date"], unique=False
        )

    op.create_table(
        "threaded_day",
        sa.Column(
            "briefing_pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("briefing_pk", name=op.f("pk_threaded_day")),
    )
    op.create_table(
        "echo",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("item_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "briefing_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("signal", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_echo_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_pk"], ["item.pk"], name=op.f("fk_echo_item_pk_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_echo")),
    )
    with op.batch_alter_table("echo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_echo_briefing_pk"), ["briefing_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_echo_item_pk"), ["item_pk"], unique=False)

    op.create_table(
        "item_link",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("item_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "earlier_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("signal", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("joins", sa.Boolean(), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["earlier_pk"],
            ["item.pk"],
            name=op.f("fk_item_link_earlier_pk_item"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_pk"], ["item.pk"], name=op.f("fk_item_link_item_pk_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_item_link")),
        sa.UniqueConstraint("item_pk", "earlier_pk", name=op.f("uq_item_link_item_pk_earlier_pk")),
    )
    with op.batch_alter_table("item_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_link_earlier_pk"), ["earlier_pk"], unique=False)

    op.create_table(
        "thread_member",
        sa.Column(
            "item_pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "thread_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("joined_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_pk"], ["item.pk"], name=op.f("fk_thread_member_item_pk_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["joined_pk"],
            ["item.pk"],
            name=op.f("fk_thread_member_joined_pk_item"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["thread_pk"],
            ["thread.pk"],
            name=op.f("fk_thread_member_thread_pk_thread"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("item_pk", name=op.f("pk_thread_member")),
    )
    with op.batch_alter_table("thread_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_member_joined_pk"), ["joined_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_thread_member_thread_pk"), ["thread_pk"], unique=False)

    # Stored documents have no threads yet: the next start reads all documents again.
    op.execute("UPDATE dataset SET knowledge = ''")


def downgrade() -> None:
    with op.batch_alter_table("thread_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_member_thread_pk"))
        batch_op.drop_index(batch_op.f("ix_thread_member_joined_pk"))

    op.drop_table("thread_member")
    with op.batch_alter_table("item_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_link_earlier_pk"))

    op.drop_table("item_link")
    with op.batch_alter_table("echo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_echo_item_pk"))
        batch_op.drop_index(batch_op.f("ix_echo_briefing_pk"))

    op.drop_table("echo")
    op.drop_table("threaded_day")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_last_date_first_date"))
        batch_op.drop_index(batch_op.f("ix_thread_first_date"))

    op.drop_table("thread")
