"""Searchable texts, and the index over them

The index is not a table of the schema: each engine has its own, and keeps it in step with
`search_document` by itself. Everything that belongs to it is called `search_index…`. Rebuilding
`search_document` in SQLite drops its triggers; a migration that does so creates them again.

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TOKENS = "title, summary, body"
_DELETE = (
    f"INSERT INTO search_index(search_index, rowid, {_TOKENS})"
    " VALUES ('delete', old.pk, old.title, old.summary, old.body);"
)
_INSERT = (
    f"INSERT INTO search_index(rowid, {_TOKENS}) VALUES (new.pk, new.title, new.summary, new.body);"
)
_TRIGGER = "CREATE TRIGGER search_index"
# The tokenizer only cuts at spaces: everything outside of ASCII, and these symbols, are letters.
_SQLITE = [
    f"""CREATE VIRTUAL TABLE search_index USING fts5({_TOKENS},
        content='search_document', content_rowid='pk',
        tokenize="ascii tokenchars '-_&/''@.+#'")""",
    f"{_TRIGGER}_added AFTER INSERT ON search_document BEGIN {_INSERT} END",
    f"{_TRIGGER}_removed AFTER DELETE ON search_document BEGIN {_DELETE} END",
    f"{_TRIGGER}_changed AFTER UPDATE OF {_TOKENS} ON search_document"
    f" BEGIN {_DELETE} {_INSERT} END",
]
_POSTGRESQL = [
    """ALTER TABLE search_document ADD COLUMN search_index tsvector NOT NULL
        GENERATED ALWAYS AS (array_to_tsvector(array_remove(
            string_to_array(title || summary || body, ' '), ''))) STORED""",
    "CREATE INDEX search_index_tokens ON search_document USING gin (search_index)",
]


def upgrade() -> None:
    op.create_table(
        "search_document",
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("ref_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_search_document")),
        sa.UniqueConstraint("key", name=op.f("uq_search_document_key")),
        sa.UniqueConstraint("kind", "ref_pk", name=op.f("uq_search_document_kind_ref_pk")),
    )
    with op.batch_alter_table("search_document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_search_document_kind_date"), ["kind", "date"], unique=False
        )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_document")
