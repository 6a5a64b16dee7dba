"""Kinds of columns that tables share, and the names of constraints."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    inspect,
)
from sqlmodel import Field, SQLModel

# JSON as text on both engines: JSONB would lose the order of front-matter keys.
# 64-bit keys on both: SQLite numbers rows through INTEGER only.
Json = JSON(none_as_null=True)
Big = BigInteger().with_variant(Integer(), "sqlite")

# Rows are never validated: their validators would take 15 ms of each start.
SQLModel.model_config["defer_build"] = True

_COLUMNS = "%(table_name)s_%(column_0_N_name)s"
SQLModel.metadata.naming_convention = {
    "ix": f"ix_{_COLUMNS}",
    "uq": f"uq_{_COLUMNS}",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
SQLModel.metadata.naming_convention |= {
    "fk": f"fk_{_COLUMNS}_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def pk_field() -> Any:
    """Return a field for a key that the database numbers."""
    return Field(default=None, sa_column=Column("pk", Big, primary_key=True, autoincrement=True))


def key_field(name: str, target: str | None = None) -> Any:
    """Return a field for a key that is the `pk` of another row.

    With a `target`, the row is deleted with that one.
    """
    foreign = [ForeignKey(target, ondelete="CASCADE")] if target else []
    column = Column(name, Big, *foreign, primary_key=True, autoincrement=False)
    return Field(sa_column=column)


def ref_field(
    target: str, *, null: bool = False, delete: str = "CASCADE", index: bool = True
) -> Any:
    """Return a field that refers to a row of another table."""
    # A new column each time: a column belongs to one table.
    foreign = ForeignKey(target, ondelete=delete)
    return Field(
        default=None if null else ...,
        sa_type=Big,
        sa_column_args=[foreign],
        nullable=null,
        index=index,
    )


def json_field(default: Any = None) -> Any:
    """Return a field of JSON; nullable without a `default` factory."""
    if default:
        return Field(default_factory=default, sa_type=Json)
    return Field(default=None, sa_type=Json, nullable=True)


def columns_of(model: type[SQLModel]) -> Sequence[Any]:
    """Return the columns of a table, in their order."""
    return list(inspect(model).local_table.columns)
