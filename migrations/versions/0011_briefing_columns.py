"""The columns of briefings under their own name

Revision: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_FORMER, _NAME = "briefing_facts", "briefing_columns"


def upgrade() -> None:
    _rename(_FORMER, _NAME)


def downgrade() -> None:
    _rename(_NAME, _FORMER)


def _rename(former: str, name: str) -> None:
    op.drop_index(op.f(f"ix_{former}_stamp"), former)
    op.rename_table(former, name)
    op.create_index(op.f(f"ix_{name}_stamp"), name, ["stamp"])
    if op.get_bind().dialect.name == "postgresql":
        # SQLite keeps no name of a primary key to rename.
        op.execute(f"ALTER TABLE {name} RENAME CONSTRAINT pk_{former} TO pk_{name}")
