"""The items and mentions of briefings as columns; the next start of `briefbase serve` fills them

Revision: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "briefing_facts",
        sa.Column(
            "briefing_pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("stamp", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column(
            "channel_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("items", sa.LargeBinary(), nullable=False),
        sa.Column("named", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("briefing_pk", name=op.f("pk_briefing_facts")),
    )
    op.create_index(op.f("ix_briefing_facts_stamp"), "briefing_facts", ["stamp"])


def downgrade() -> None:
    op.drop_table("briefing_facts")
