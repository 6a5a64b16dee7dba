"""The change log names briefings, documents and judgements; webhooks, saved searches and mirrors

Revision: 0016
Revises: 0015
"""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sqlmodel.sql.sqltypes.UTCDateTime()
_JSON = sa.JSON(none_as_null=True)
_TABLES = (
    *("mirror_position", "lease", "saved_search"),
    *("delivery", "webhook"),
)


def upgrade() -> None:
    op.add_column("change", sa.Column("briefing", sa.String(64), nullable=True))
    op.create_index(op.f("ix_change_at_object_object_id"), "change", ["at", "object", "object_id"])
    _create_webhooks()
    _create_deliveries()
    _create_others()
    _name_briefings()
    _log_documents_and_judgements()


def _pk() -> sa.Column[int]:
    return sa.Column("pk", _NUMBER, autoincrement=True, nullable=False)


def _create_webhooks() -> None:
    op.create_table(
        "webhook",
        _pk(),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("events", _JSON, nullable=False),
        sa.Column("filters", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("secrets", _JSON, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_webhook")),
        sa.UniqueConstraint("id", name=op.f("uq_webhook_id")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "delivery",
        _pk(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("webhook_pk", _NUMBER, nullable=False),
        sa.Column("change_pk", _NUMBER, nullable=True),
        sa.Column("event", sa.String(24), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(9), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("log", _JSON, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("finished_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_pk"],
            ["webhook.pk"],
            name=op.f("fk_delivery_webhook_pk_webhook"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_delivery")),
        sa.UniqueConstraint("id", name=op.f("uq_delivery_id")),
    )
    where = sa.text("change_pk IS NOT NULL")
    op.create_index(
        op.f("ix_delivery_change_pk"),
        "delivery",
        ["change_pk"],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_index(op.f("ix_delivery_status_due_at"), "delivery", ["status", "due_at"])
    op.create_index(
        op.f("ix_delivery_webhook_pk_status_pk"), "delivery", ["webhook_pk", "status", "pk"]
    )


def _create_others() -> None:
    op.create_table(
        "saved_search",
        _pk(),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("filters", sa.String(), nullable=False),
        sa.Column("alert", sa.Boolean(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("id", name=op.f("uq_saved_search_id")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("holder", sa.String(40), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "mirror_position",
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("position", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_mirror_position")),
    )


def _name_briefings() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    named = "json_extract(payload, '$.briefing')" if is_sqlite else "payload->>'briefing'"
    parts = "('item', 'document', 'watch')"
    op.execute(f"UPDATE change SET briefing = {named} WHERE object IN {parts}")
    op.execute("UPDATE change SET briefing = object_id WHERE object = 'briefing'")


_DOCUMENTS = """
SELECT d.first_at AS at, d.{pk} AS position, d.sha256, d.name, b.id, b.date, c.id AS channel
FROM {table} d JOIN briefing b ON b.pk = d.briefing_pk JOIN channel c ON c.pk = b.channel_pk
WHERE NOT b.draft {condition} AND NOT EXISTS (
SELECT 1 FROM change l WHERE l.object = 'document' AND l.object_id = d.sha256)
"""
_JUDGEMENTS = """
SELECT j.created_at AS at, j.pk AS position, j.id, j.kind, j.verdict, j.left_key, j.right_key,
j.evidence, j.actor, j.reason, u.id AS undoes
FROM judgement j LEFT JOIN judgement u ON u.pk = j.undoes_pk WHERE j.briefing_pk IS NULL
AND NOT EXISTS (SELECT 1 FROM change l WHERE l.object = 'judgement' AND l.object_id = j.id)
"""


def _log_documents_and_judgements() -> None:
    """Log what was stored before the log had it, in the order of time, for mirrors."""
    connection = op.get_bind()
    version = connection.execute(sa.text("SELECT version FROM dataset")).scalar()
    if version is None:
        return
    entries = []
    former = _DOCUMENTS.format(table="former_document", pk="pk", condition="AND NOT d.draft")
    current = _DOCUMENTS.format(table="document", pk="briefing_pk", condition="")
    for statement in (former, current):
        for row in connection.execute(sa.text(statement)).mappings():
            entries.append((str(row["at"]), 0, row["position"], _document(row)))
    for row in connection.execute(sa.text(_JUDGEMENTS)).mappings():
        entries.append((str(row["at"]), 1, row["position"], _judgement(row)))
    insert = sa.text(
        "INSERT INTO change (version, action, object, object_id, briefing, at, new, payload) "
        "VALUES (:version, 'added', :object, :object_id, :briefing, :at, :new, :payload)"
    )
    for _, _, _, values in sorted(entries, key=lambda entry: entry[:3]):
        connection.execute(insert, values | {"version": version})


def _document(row: sa.RowMapping) -> dict[str, object]:
    payload = {
        "briefing": row["id"],
        "name": row["name"],
        "date": str(row["date"]),
        "channel": row["channel"],
    }
    return {
        "object": "document",
        "object_id": row["sha256"],
        "briefing": row["id"],
        "at": row["at"],
        "new": row["sha256"],
        "payload": json.dumps(payload, ensure_ascii=False),
    }


def _judgement(row: sa.RowMapping) -> dict[str, object]:
    evidence = row["evidence"]
    payload = {
        "kind": row["kind"],
        "verdict": row["verdict"],
        "left": row["left_key"],
        "right": row["right_key"],
        "evidence": json.loads(evidence) if isinstance(evidence, str) else evidence,
        "actor": row["actor"],
        "reason": row["reason"],
        "undoes": row["undoes"],
    }
    return {
        "object": "judgement",
        "object_id": row["id"],
        "briefing": None,
        "at": row["at"],
        "new": None,
        "payload": json.dumps(payload, ensure_ascii=False),
    }


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.drop_index(op.f("ix_change_at_object_object_id"), table_name="change")
    op.drop_column("change", "briefing")
