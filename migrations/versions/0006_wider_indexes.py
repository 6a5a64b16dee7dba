"""Covering indexes of mentions, for counts that read no row

Revision: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NARROW = {
    "ix_mention_entity_pk_date_item_pk": ["entity_pk", "date", "item_pk"],
    "ix_mention_item_pk": ["item_pk"],
}
_WIDE = {
    "ix_mention_entity_pk_date_item_pk_briefing_pk": [
        "entity_pk",
        "date",
        "item_pk",
        "briefing_pk",
    ],
    "ix_mention_item_pk_entity_pk": ["item_pk", "entity_pk"],
}


def upgrade() -> None:
    _replace(_NARROW, _WIDE)


def downgrade() -> None:
    _replace(_WIDE, _NARROW)


def _replace(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    for name, columns in new.items():
        op.create_index(op.f(name), "mention", columns)
    for name in old:
        op.drop_index(op.f(name), "mention")
