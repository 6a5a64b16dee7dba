"""Names as documents use them, once each: a mention refers to the key and the node it had itself

Revision: 0019
Revises: 0018
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sqlmodel.sql.sqltypes.AutoString
_KEY, _NODE = "ix_mention_key", "ix_mention_node_key_entity_pk"
_NAMING = "ix_mention_naming_pk_entity_pk"
_REFERENCE = "fk_mention_naming_pk_naming"


def upgrade() -> None:
    op.create_table(
        "naming",
        sa.Column("pk", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", _TEXT(length=200), nullable=False),
        sa.Column("node", _TEXT(length=210), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_naming")),
        sa.UniqueConstraint("node", "key", name=op.f("uq_naming_node_key")),
    )
    op.create_index(op.f("ix_naming_key"), "naming", ["key"])
    op.execute(
        "INSERT INTO naming (key, node) SELECT key, node FROM mention"
        " WHERE node IS NOT NULL GROUP BY key, node ORDER BY min(pk)"
    )
    # SQLite adds no foreign key to a table, nor drops columns that are indexed: it is rebuilt.
    with op.batch_alter_table("mention") as batch:
        batch.add_column(sa.Column("naming_pk", _NUMBER, nullable=True))
    op.execute(
        "UPDATE mention SET naming_pk = (SELECT naming.pk FROM naming"
        " WHERE naming.node = mention.node AND naming.key = mention.key)"
        " WHERE node IS NOT NULL"
    )
    op.drop_index(op.f(_NODE), "mention")
    op.drop_index(op.f(_KEY), "mention")
    with op.batch_alter_table("mention") as batch:
        batch.drop_column("key")
        batch.drop_column("node")
        batch.create_foreign_key(
            op.f(_REFERENCE), "naming", ["naming_pk"], ["pk"], ondelete="RESTRICT"
        )
    op.create_index(op.f(_NAMING), "mention", ["naming_pk", "entity_pk"])


def downgrade() -> None:
    with op.batch_alter_table("mention") as batch:
        batch.add_column(sa.Column("key", _TEXT(length=200), nullable=True))
        batch.add_column(sa.Column("node", _TEXT(length=210), nullable=True))
    for column in ("key", "node"):
        op.execute(
            f"UPDATE mention SET {column} = (SELECT naming.{column} FROM naming"
            " WHERE naming.pk = mention.naming_pk) WHERE naming_pk IS NOT NULL"
        )
    op.drop_index(op.f(_NAMING), "mention")
    with op.batch_alter_table("mention") as batch:
        batch.drop_constraint(op.f(_REFERENCE), type_="foreignkey")
        batch.drop_column("naming_pk")
    op.drop_table("naming")
    is_set = sa.text('"key" IS NOT NULL')
    op.create_index(op.f(_KEY), "mention", ["key"], sqlite_where=is_set, postgresql_where=is_set)
    op.create_index(op.f(_NODE), "mention", ["node", "key", "entity_pk"])
