"""Which version last touched each entity, so that names kept in memory follow it

Revision: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "entity_change",
        sa.Column("entity_pk", number, autoincrement=False, nullable=False),
        sa.Column("version", number, nullable=False),
        sa.PrimaryKeyConstraint("entity_pk", name=op.f("pk_entity_change")),
    )
    op.create_index(op.f("ix_entity_change_version"), "entity_change", ["version"])


def downgrade() -> None:
    op.drop_table("entity_change")
