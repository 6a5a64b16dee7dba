"""Numbers of mentions by entity and name

Revision: 0002
Revises: 0001
"""

from collections import Counter

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.normalize.entities.names import read_cell

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    spelling = op.create_table(
        "spelling",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "entity_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_pk"],
            ["entity.pk"],
            name=op.f("fk_spelling_entity_pk_entity"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_spelling")),
        sa.UniqueConstraint("entity_pk", "name", name=op.f("uq_spelling_entity_pk_name")),
    )
    by_surface = (
        "SELECT entity_pk, surface, count(*) FROM mention"
        " WHERE entity_pk IS NOT NULL GROUP BY entity_pk, surface"
    )
    counts: Counter[tuple[int, str]] = Counter()
    for pk, surface, count in op.get_bind().execute(sa.text(by_surface)):
        counts[pk, read_cell(surface).name] += count
    op.bulk_insert(
        spelling,
        [
            {"entity_pk": pk, "name": name, "count": count}
            for (pk, name), count in sorted(counts.items())
        ],
    )


def downgrade() -> None:
    op.drop_table("spelling")
