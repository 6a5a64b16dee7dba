"""Indexes for large databases: partial ones of nullable columns, and a covering one of nodes

SQLite looked for NULL by a full index, which led it through nearly all rows.

Revision: 0010
Revises: 0009
"""

from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_COLUMNS = [
    ("citation", "item_pk"),
    ("entity", "family_pk"),
    ("entity", "maker_pk"),
    ("entity", "merged_into_pk"),
    ("judgement", "briefing_pk"),
    ("judgement", "undoes_pk"),
    ("mention", "cell_pk"),
    ("mention", "judgement_pk"),
    ("mention", "key"),
    ("reading", "citation_pk"),
    ("source", "arxiv_id"),
    ("source", "publisher_pk"),
    ("thread_member", "joined_pk"),
]


_NODE, _WIDE = "ix_mention_node", "ix_mention_node_key_entity_pk"


def upgrade() -> None:
    op.create_index(op.f(_WIDE), "mention", ["node", "key", "entity_pk"])
    op.drop_index(op.f(_NODE), "mention")
    for table, column in _COLUMNS:
        is_set = text(f'"{column}" IS NOT NULL')
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
        op.create_index(
            op.f(f"ix_{table}_{column}"),
            table,
            [column],
            sqlite_where=is_set,
            postgresql_where=is_set,
        )


def downgrade() -> None:
    op.create_index(op.f(_NODE), "mention", ["node"])
    op.drop_index(op.f(_WIDE), "mention")
    for table, column in _COLUMNS:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
