"""Topics know what decided their section

Revision: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "topic", sa.Column("section_evidence", sa.JSON(), server_default="[]", nullable=False)
    )
    with op.batch_alter_table("topic") as batch:
        batch.alter_column("section_evidence", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("topic") as batch:
        batch.drop_column("section_evidence")
