"""Mentions without the reference to a judgement, which was never set

Revision: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COLUMN, _INDEX = "judgement_pk", "ix_mention_judgement_pk"
_REFERENCE = "fk_mention_judgement_pk_judgement"


def upgrade() -> None:
    op.drop_index(op.f(_INDEX), "mention")
    # SQLite drops no column of a foreign key: the table is rebuilt, with foreign keys off.
    with op.batch_alter_table("mention") as batch:
        batch.drop_constraint(op.f(_REFERENCE), type_="foreignkey")
        batch.drop_column(_COLUMN)


def downgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("mention") as batch:
        batch.add_column(sa.Column(_COLUMN, number, nullable=True))
        batch.create_foreign_key(
            op.f(_REFERENCE), "judgement", [_COLUMN], ["pk"], ondelete="SET NULL"
        )
    is_set = sa.text(f"{_COLUMN} IS NOT NULL")
    op.create_index(
        op.f(_INDEX),
        "mention",
        [_COLUMN],
        sqlite_where=is_set,
        postgresql_where=is_set,
    )
