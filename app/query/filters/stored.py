"""Filters of items that are stored as a query string, of webhooks and saved searches."""

from collections import defaultdict
from typing import Any, get_origin
from urllib.parse import parse_qsl

from pydantic import ValidationError
from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from app.errors import InvalidBody, expectation
from app.query.filters import conditions, lookups
from app.query.request.item_params import ItemFilter
from app.query.request.suggestions import nearest
from app.store.tables import Item

MAX_FILTER_CHARS = 2_000


def read(text: str) -> ItemFilter:
    """Return the filters of a query string such as `entity=Qwen&importance=high`.

    Raises InvalidBody, which names each fault.
    """
    values: dict[str, Any] = defaultdict(list)
    for name, value in parse_qsl(text, keep_blank_values=True):
        values[name].append(value)
    fields = {field.alias or name: field for name, field in ItemFilter.model_fields.items()}
    for name in values:
        if name not in fields:
            raise InvalidBody(f"filters: {name[:40]!r} does not exist; {nearest(name, fields)}")
        if get_origin(fields[name].annotation) is not list:
            values[name] = values[name][-1]
    try:
        return ItemFilter.model_validate(dict(values))
    except ValidationError as error:
        faults = []
        for entry in error.errors(include_input=False, include_url=False):
            place = ".".join(map(str, entry["loc"][:1]))
            faults.append({"parameter": "filters", "message": f"{place}: {expectation(entry)}"})
        raise InvalidBody("; ".join(f"filters: {f['message']}" for f in faults), faults) from None


def match(session: Session, text: str, of_object: ColumnElement[bool]) -> bool:
    """Return whether one of the items under a condition meets stored filters."""
    filters = read(text)
    where = conditions.items(filters, lookups.resolve(session, filters))
    statement = select(col(Item.pk)).where(of_object, *where).limit(1)
    return session.execute(statement).first() is not None
