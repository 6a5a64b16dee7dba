"""What is sought as a condition: the other spellings of what is named added, then said in the engine's own way.

SQLite: one FTS5 expression. PostgreSQL: the tokens by the GIN index, their order by the streams themselves, which knows no limit
of positions. Both say the same of every document, because both hold the same tokens.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    cast,
    column,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import Session, col

from app.normalize.entities.names import name_key
from app.normalize.lexicon.vocabulary import is_generic
from app.normalize.text.tokens import JOINERS, Phrase, phrase
from app.query.fulltext.language import Alternative, SearchQuery, SearchTerm, read
from app.query.request.params import Searched
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.tables import Alias, Entity, SearchDocument

# Words that together may be one name; other spellings of one entity that are looked for, the shortest first.
_LONGEST_NAME = 6
_SPELLINGS = 16
_QUERIES: CacheKind[str, SearchQuery] = CacheKind(max_entries=500)
_INDEX = table("search_index", column("rowid"))
_TEXTS = (col(SearchDocument.title), col(SearchDocument.summary), col(SearchDocument.body))


def parse(session: Session, query: Searched) -> SearchQuery | None:
    """What `query` looks for, with other spellings where it does not refuse them; None where it has no `q`."""
    if query.q is None:
        return None
    if not query.expand:
        return read(query.q)
    # What names mean holds as long as the version does.
    text = query.q
    cache = version_cache(session, _QUERIES)
    return cache.get_or_make(text, lambda: _expanded(session, read(text)))


def found_by(session: Session, kind: str, wanted: SearchQuery, pk: Any) -> ColumnElement[bool]:
    """The condition that the thing of a kind with the number `pk` is found."""
    found: ColumnElement[bool] = pk.in_(
        select(col(SearchDocument.ref_pk)).where(
            col(SearchDocument.kind) == kind, condition(session, wanted)
        )
    )
    return found


def condition(session: Session, wanted: SearchQuery) -> ColumnElement[bool]:
    """The condition on `SearchDocument` that it holds all that is wanted, and nothing that is not."""
    if session.get_bind().dialect.name == "sqlite":
        return _fts5(wanted)
    return and_(*map(_tsvector, wanted.terms), *(not_(_tsvector(term)) for term in wanted.without))


def count(session: Session, term: SearchTerm) -> int:
    """How many things of all kinds hold a term."""
    wanted = select(func.count()).select_from(SearchDocument).where(_tsvector(term))
    if session.get_bind().dialect.name == "sqlite":
        # The index alone knows.
        wanted = select(func.count()).select_from(_INDEX).where(_matches(_expression(term)))
    return session.scalar(wanted) or 0


def to_fts5(wanted: SearchQuery) -> str:
    """All that is wanted, and nothing that is not, in FTS5's words."""
    left_out = " OR ".join(map(_expression, wanted.without))
    asked = " AND ".join(map(_expression, wanted.terms)) or left_out
    return f"({asked}) NOT ({left_out})" if wanted.terms and left_out else asked


def titles_to_fts5(terms: Iterable[SearchTerm]) -> str:
    """Any of the terms in a title, in FTS5's words."""
    return f"{{title}} : ({' OR '.join(map(_expression, terms))})"


def _fts5(wanted: SearchQuery) -> ColumnElement[bool]:
    # The limit, which is none, has the index asked once: folded into a join it may be asked for every row.
    matched = select(_INDEX.c.rowid).where(_matches(to_fts5(wanted))).limit(-1)
    return (
        col(SearchDocument.pk).in_(matched)
        if wanted.terms
        else col(SearchDocument.pk).not_in(matched)
    )


def _matches(said: str) -> ColumnElement[bool]:
    return literal_column("search_index").op("MATCH")(said)


def _expression(term: SearchTerm) -> str:
    # No token holds a quotation mark.
    readings = (
        " AND ".join(f'"{" ".join(p.words)}"{" *" if p.open else ""}' for p in reading.phrases)
        for reading in term.readings
    )
    return f"({' OR '.join(f'({reading})' for reading in readings)})"


def _tsvector(term: SearchTerm) -> ColumnElement[bool]:
    return or_(*(and_(*map(_follows, reading.phrases)) for reading in term.readings))


def _follows(wanted: Phrase) -> ColumnElement[bool]:
    *before, last = wanted.words
    # Signs within a name are in too many texts to narrow anything down; the order of tokens is looked at below.
    asked = [_lexeme(word) for word in dict.fromkeys(before) if word not in JOINERS]
    asked += (
        [_lexeme(last) + (":*" if wanted.open else "")] if last not in JOINERS or not asked else []
    )
    narrowed: ColumnElement[bool] = literal_column("search_document.search_index").op("@@")(
        cast(" & ".join(asked), TSQUERY)
    )
    return (
        and_(narrowed, or_(*(func.strpos(text, wanted.needle) > 0 for text in _TEXTS)))
        if before
        else narrowed
    )


def _lexeme(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"


def _expanded(session: Session, wanted: SearchQuery) -> SearchQuery:
    """The longest runs of words that name exactly one entity, read as any of its spellings, too."""
    terms = wanted.terms
    runs = {
        (start, end): name_key(" ".join(term.typed for term in terms[start:end]))
        for start in range(len(terms))
        for end in range(start + 1, min(start + _LONGEST_NAME, len(terms)) + 1)
        if all(term.plain for term in terms[start:end])
    }
    owners = _owners(
        session,
        {
            key
            for run, key in runs.items()
            if not _is_weak(" ".join(term.typed for term in terms[slice(*run)]))
        },
    )
    merged: list[SearchTerm] = []
    at = 0
    while at < len(terms):
        ends = (
            end
            for end in range(min(at + _LONGEST_NAME, len(terms)), at, -1)
            if len(owners.get(runs.get((at, end), ""), ())) == 1
        )
        end = next(ends, None)
        if end is None:
            merged.append(_by_its_parts(session, terms[at]))
            at += 1
            continue
        (entity,) = owners[runs[at, end]]
        merged.append(_any_spelling(session, terms[at:end], entity))
        at = end
    return replace(wanted, terms=tuple(merged))


def _by_its_parts(session: Session, term: SearchTerm) -> SearchTerm:
    """Alternatives each by its spellings; a word that joins a name to others (`輝達GPU`) also by all of its parts."""
    if term.options:
        options = tuple(
            option
            for each in term.options
            for option in _expanded(session, SearchQuery((each,), ())).terms
        )
        return replace(
            term,
            readings=tuple(reading for option in options for reading in option.readings),
            options=options,
        )
    parts = _expanded(session, SearchQuery(term.parts, ())).terms if term.parts else ()
    if not any(_entity(part) for part in parts):
        return term
    joined = list(term.readings)
    for chosen in islice(product(*(part.readings for part in parts)), _SPELLINGS):
        named = next((reading for reading in chosen if reading.entity), chosen[0])
        joined.append(
            Alternative(
                tuple(p for reading in chosen for p in reading.phrases),
                named.spelling,
                named.entity,
            )
        )
    return replace(term, readings=tuple(joined), options=parts)


def _entity(term: SearchTerm) -> int | None:
    return term.readings[-1].entity


def _any_spelling(session: Session, run: Sequence[SearchTerm], entity: int) -> SearchTerm:
    plain = Alternative(tuple(p for term in run for p in term.readings[0].phrases))
    readings = [plain]
    names = session.scalars(
        select(col(Alias.name))
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(or_(col(Entity.pk) == entity, col(Entity.merged_into_pk) == entity))
    )
    spelled = {name: found for name in names if not _is_weak(name) and (found := phrase(name))}
    owners = _owners(session, map(name_key, spelled))
    for name, found in sorted(
        spelled.items(), key=lambda pair: (len(pair[1].tokens), pair[1].words, pair[0])
    ):
        # What holds a name that is looked for already is found by that.
        held = any(all(p.needle in found.needle for p in reading.phrases) for reading in readings)
        if len(owners[name_key(name)]) == 1 and not held and len(readings) <= _SPELLINGS:
            readings.append(Alternative((found,), name, entity))
    return SearchTerm(" ".join(term.typed for term in run), tuple(readings), True)


def _owners(session: Session, keys: Iterable[str]) -> defaultdict[str, set[int]]:
    """The entities that go by the spelling of each key."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    rows = session.execute(
        select(col(Alias.key), func.coalesce(col(Entity.merged_into_pk), col(Entity.pk)))
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(col(Alias.key).in_(sorted(set(keys))))
    )
    for key, entity in rows:
        found[key].add(entity)
    return found


def _is_weak(name: str) -> bool:
    """Whether a name says too little to stand for an entity: a plain word, or a letter or two."""
    return is_generic(name) or sum(map(str.isalnum, name)) < (
        2 if any(not c.isascii() for c in name) else 3
    )
