"""The JSON of items and briefings

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for of in ("item", "briefing"):
        op.create_table(
            f"{of}_json",
            sa.Column(
                f"{of}_pk",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                autoincrement=False,
                nullable=False,
            ),
            sa.Column("body", sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(
                [f"{of}_pk"],
                [f"{of}.pk"],
                name=op.f(f"fk_{of}_json_{of}_pk_{of}"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint(f"{of}_pk", name=op.f(f"pk_{of}_json")),
        )

    op.drop_index(op.f("ix_item_date_channel_pk_ordinal"), table_name="item")
    op.create_index("ix_item_newest", "item", [sa.text("date DESC"), "channel_pk", "ordinal"])


def downgrade() -> None:
    op.drop_index("ix_item_newest", table_name="item")
    op.create_index(
        op.f("ix_item_date_channel_pk_ordinal"), "item", ["date", "channel_pk", "ordinal"]
    )
    op.drop_table("briefing_json")
    op.drop_table("item_json")
