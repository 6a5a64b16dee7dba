"""Shapes of the answers of a source, checked before any of them is applied."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from app.errors import Conflict, expectation

PAGE_CHANGES = 1_000
MAX_CLOCK_ERROR = timedelta(minutes=10)
"""Maximum lead of a source's clock; a later time is invalid."""
_Position = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,32}-[0-9]{1,18}$")]


def _past(moment: datetime) -> datetime:
    if moment > datetime.now(UTC) + MAX_CLOCK_ERROR:
        raise ValueError(f"{moment.isoformat()} is in the future; expected a time that has passed")
    return moment


_PastTime = Annotated[AwareDatetime, AfterValidator(_past)]


class _SentChange(BaseModel):
    """The fields of a change that a mirror reads."""

    position: _Position
    at: _PastTime
    action: str
    object: str
    object_id: str
    briefing: str | None
    old: str | None
    details: dict[str, Any]


class _PageMeta(BaseModel):
    next_cursor: str | None


class _SentPage(BaseModel):
    """A page of changes, in order between its ends; one that others follow has some."""

    since: _Position
    position: _Position
    digest: str
    data: Annotated[list[_SentChange], Field(max_length=PAGE_CHANGES)]
    meta: _PageMeta

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        number = _number(self.since)
        for change in self.data:
            if _number(change.position) <= number:
                raise ValueError("a change is not after the one before it")
            number = _number(change.position)
        if _number(self.position) < number:
            raise ValueError("the page ends before its last change")
        if self.meta.next_cursor and not self.data:
            raise ValueError("another page follows one without changes")
        return self


class _SentVersion(BaseModel):
    sha256: str
    name: str
    first_at: _PastTime


class _SentVersions(BaseModel):
    data: list[_SentVersion]


_PAGE = TypeAdapter(_SentPage)
_VERSIONS = TypeAdapter(_SentVersions)


def check_page(page: Any, url: str) -> dict[str, Any]:
    """Return the JSON of a page of changes. Raises Conflict for anything else."""
    return _checked(_PAGE, page, f"{url} answers without changes; is it a Briefbase?")


def check_versions(versions: Any, url: str) -> dict[str, Any]:
    """Return the JSON of the versions of a document. Raises Conflict for anything else."""
    return _checked(_VERSIONS, versions, f"{url} answers without versions.")


def _checked(shape: TypeAdapter[Any], value: Any, fault: str) -> dict[str, Any]:
    try:
        shape.validate_python(value)
    except ValidationError as error:
        entry = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in entry["loc"])
        raise Conflict(f"{fault} {place or 'body'}: {expectation(entry)}.") from None
    assert isinstance(value, dict)
    return value


def _number(position: str) -> int:
    return int(position.rpartition("-")[2])
