"""Several documents a day, and the former versions of documents

Revision: 0013
Revises: 0012
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.normalize.editions import name_parts

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLE = "former_document"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("pk", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("briefing_pk", _NUMBER, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("first_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_former_document_briefing_pk_briefing"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_former_document")),
        sa.UniqueConstraint(
            "briefing_pk", "sha256", name=op.f("uq_former_document_briefing_pk_sha256")
        ),
    )
    op.create_index(op.f("ix_former_document_sha256"), _TABLE, ["sha256"])
    op.add_column(
        "document", sa.Column("first_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
    )
    op.execute(
        "UPDATE document SET first_at = "
        "(SELECT updated_at FROM briefing WHERE briefing.pk = document.briefing_pk)"
    )
    with op.batch_alter_table("document") as batch:
        batch.alter_column(
            "first_at", existing_type=sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False
        )
    op.add_column("briefing", sa.Column("edition", sa.String(), nullable=True))
    op.add_column("briefing", sa.Column("language", sa.String(8), nullable=True))
    op.add_column("briefing", sa.Column("is_primary", sa.Boolean(), nullable=True))
    op.execute(sa.text("UPDATE briefing SET edition = '', is_primary = :yes").bindparams(yes=True))
    _fill()
    with op.batch_alter_table("briefing") as batch:
        batch.alter_column("edition", existing_type=sa.String(), nullable=False)
        batch.alter_column("is_primary", existing_type=sa.Boolean(), nullable=False)
        batch.drop_constraint(op.f("uq_briefing_channel_pk_date"), type_="unique")
    op.create_index(op.f("ix_briefing_channel_pk_date"), "briefing", ["channel_pk", "date"])


def _fill() -> None:
    """Fill in what the names of documents say."""
    connection = op.get_bind()
    names = connection.execute(sa.text("SELECT briefing_pk, name FROM document")).all()
    update = sa.text("UPDATE briefing SET edition = :edition, language = :language WHERE pk = :pk")
    for pk, name in names:
        parts = name_parts(name)
        values = {"edition": parts.key, "language": parts.language, "pk": pk}
        connection.execute(update, values)


def downgrade() -> None:
    connection = op.get_bind()
    others = sa.text("SELECT COUNT(*) FROM briefing WHERE NOT is_primary")
    if connection.execute(others).scalar():
        raise RuntimeError(
            "Some days have several documents, which the older schema cannot store; "
            "nothing was changed."
        )
    op.drop_index(op.f("ix_briefing_channel_pk_date"), "briefing")
    with op.batch_alter_table("briefing") as batch:
        batch.create_unique_constraint(op.f("uq_briefing_channel_pk_date"), ["channel_pk", "date"])
        batch.drop_column("is_primary")
        batch.drop_column("language")
        batch.drop_column("edition")
    with op.batch_alter_table("document") as batch:
        batch.drop_column("first_at")
    op.drop_index(op.f("ix_former_document_sha256"), _TABLE)
    op.drop_table(_TABLE)
