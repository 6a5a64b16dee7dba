"""Names in running text that no catalogue has

Revision: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLE = "unlisted_name"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("pk", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("briefing_pk", _NUMBER, nullable=False),
        sa.Column("item_pk", _NUMBER, nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("field", sa.String(32), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        _reference("briefing"),
        _reference("item"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_unlisted_name")),
    )
    is_set = sa.text("item_pk IS NOT NULL")
    op.create_index(op.f("ix_unlisted_name_briefing_pk"), _TABLE, ["briefing_pk"])
    op.create_index(
        op.f("ix_unlisted_name_item_pk"),
        _TABLE,
        ["item_pk"],
        sqlite_where=is_set,
        postgresql_where=is_set,
    )
    op.create_index(op.f("ix_unlisted_name_key"), _TABLE, ["key"])


def _reference(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{table}_pk"],
        [f"{table}.pk"],
        name=op.f(f"fk_unlisted_name_{table}_pk_{table}"),
        ondelete="CASCADE",
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
