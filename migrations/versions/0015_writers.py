"""Who wrote what, what was deleted, and answers to repeated writes

Revision: 0015
Revises: 0013
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sqlmodel.sql.sqltypes.UTCDateTime()
_JSON = sa.JSON(none_as_null=True)
_CHANGE_COLUMNS = (("actor", 80), ("old", 64), ("new", 64))
_KEY_COLUMNS = ("expires_at", "last_used_at")


def upgrade() -> None:
    for name, length in _CHANGE_COLUMNS:
        op.add_column("change", sa.Column(name, sa.String(length), nullable=True))
    for name in _KEY_COLUMNS:
        op.add_column("api_key", sa.Column(name, _TIME, nullable=True))
    _create_audit()
    _create_tombstones()
    _create_answers()


def _pk() -> sa.Column[int]:
    return sa.Column("pk", _NUMBER, autoincrement=True, nullable=False)


def _create_audit() -> None:
    op.create_table(
        "audit_event",
        _pk(),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("door", sa.String(8), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("object", sa.String(12), nullable=False),
        sa.Column("object_id", sa.String(96), nullable=False),
        sa.Column("version", _NUMBER, nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("details", _JSON, nullable=False),
        sa.Column("request_id", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_audit_event")),
    )
    for name in ("actor", "action", "object_id"):
        op.create_index(op.f(f"ix_audit_event_{name}"), "audit_event", [name])


def _create_tombstones() -> None:
    op.create_table(
        "tombstone",
        _pk(),
        sa.Column("briefing_pk", _NUMBER, nullable=True),
        sa.Column("briefing_id", sa.String(64), nullable=False),
        sa.Column("channel_pk", _NUMBER, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("deleted_at", _TIME, nullable=False),
        sa.Column("purged_at", _TIME, nullable=True),
        sa.Column("items", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_pk"],
            ["briefing.pk"],
            name=op.f("fk_tombstone_briefing_pk_briefing"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["channel_pk"],
            ["channel.pk"],
            name=op.f("fk_tombstone_channel_pk_channel"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_tombstone")),
    )
    where = sa.text("briefing_pk IS NOT NULL")
    op.create_index(
        op.f("ix_tombstone_briefing_pk"),
        "tombstone",
        ["briefing_pk"],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_index(op.f("ix_tombstone_briefing_id"), "tombstone", ["briefing_id"])
    op.create_table(
        "gone_address",
        _pk(),
        sa.Column("tombstone_pk", _NUMBER, nullable=False),
        sa.Column("object", sa.String(12), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tombstone_pk"],
            ["tombstone.pk"],
            name=op.f("fk_gone_address_tombstone_pk_tombstone"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_gone_address")),
    )
    op.create_index(op.f("ix_gone_address_tombstone_pk"), "gone_address", ["tombstone_pk"])
    op.create_index(
        op.f("ix_gone_address_object_id_object"), "gone_address", ["object_id", "object"]
    )


def _create_answers() -> None:
    op.create_table(
        "idempotent_answer",
        _pk(),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_idempotent_answer")),
        sa.UniqueConstraint("actor", "key", name=op.f("uq_idempotent_answer_actor_key")),
    )
    op.create_index(op.f("ix_idempotent_answer_at"), "idempotent_answer", ["at"])


def downgrade() -> None:
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT COUNT(*) FROM tombstone")).scalar():
        raise RuntimeError(
            "Some briefings are deleted, which the older schema cannot store; "
            "restore or purge them, or keep this version. Nothing was changed."
        )
    for table in ("idempotent_answer", "gone_address", "tombstone", "audit_event"):
        op.drop_table(table)
    for name in _KEY_COLUMNS:
        op.drop_column("api_key", name)
    for name, _ in _CHANGE_COLUMNS:
        op.drop_column("change", name)
