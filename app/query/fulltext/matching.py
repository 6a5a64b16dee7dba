"""Search conditions: a parsed query, expanded by other spellings, as SQL of the engine.

SQLite gets one FTS5 expression. PostgreSQL finds the tokens by its GIN index and compares their
order in the stored token streams, because positions in a tsvector end at 16,383. Both engines
store the same tokens, so both find the same documents.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any, Protocol

import orjson
from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    bindparam,
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
from app.query.fulltext.language import (
    Alternative,
    SearchQuery,
    SearchTerm,
    all_alternatives,
    parse_query,
)
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.db import sqlite_rows
from app.store.tables import Alias, Entity, SearchDocument

_MAX_NAME_WORDS = 6
# Spellings of one entity that are searched for, the shortest first.
_MAX_SPELLINGS = 16
_QUERIES: CacheKind[str, SearchQuery] = CacheKind(max_entries=500)
_OWNERS = (
    select(col(Alias.key), func.coalesce(col(Entity.merged_into_pk), col(Entity.pk)))
    .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
    .where(col(Alias.key).in_(bindparam("keys", expanding=True)))
)
_SQLITE_OWNERS = (
    "SELECT alias.key, coalesce(merged_into_pk, entity.pk) FROM alias"
    " JOIN entity ON entity.pk = entity_pk WHERE alias.key IN (SELECT value FROM json_each(?))"
)
_NAMES = (
    select(col(Alias.name))
    .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
    .where(or_(col(Entity.pk) == bindparam("pk"), col(Entity.merged_into_pk) == bindparam("pk")))
)
_COUNT = "SELECT count(*) FROM search_index WHERE search_index MATCH ?"
_INDEX = table("search_index", column("rowid"))
_TEXTS = (col(SearchDocument.title), col(SearchDocument.summary), col(SearchDocument.body))


class SearchText(Protocol):
    """The search parameters of a request."""

    @property
    def q(self) -> str | None:
        """The search text."""

    @property
    def expand(self) -> bool:
        """Whether to search for other spellings, too."""


def parse(session: Session, query: SearchText) -> SearchQuery | None:
    """Parse `query.q` and add other spellings unless `expand` is false; None without a `q`."""
    if query.q is None:
        return None

    if not query.expand:
        return parse_query(query.q)

    # A name means the same entity for as long as the version lasts.
    text = query.q
    cache = version_cache(session, _QUERIES)
    return cache.get_or_make(text, lambda: _expand(session, parse_query(text)))


def pk_condition(
    session: Session, kind: str, query: SearchQuery, pk: SQLColumnExpression[Any]
) -> ColumnElement[bool]:
    """Return the condition that the thing of `kind` numbered `pk` matches `query`."""
    matching_pks = select(col(SearchDocument.ref_pk)).where(
        col(SearchDocument.kind) == kind, condition(session, query, kind)
    )
    return pk.in_(matching_pks)


def for_kind(query: SearchQuery, kind: str) -> SearchQuery:
    """Return `query` as documents of a kind are searched: names match by their beginning, too."""
    return query.of_names if kind == "entity" else query


def condition(session: Session, query: SearchQuery, kind: str | None = None) -> ColumnElement[bool]:
    """Return the condition on `SearchDocument` that it matches `query`.

    `kind` is given if other conditions limit the documents to one kind.
    """
    by_name = query.of_names
    if kind is not None:
        return _matches(session, for_kind(query, kind))
    if by_name == query:
        return _matches(session, query)

    is_entity = col(SearchDocument.kind) == "entity"
    return or_(
        and_(is_entity, _matches(session, by_name)),
        and_(not_(is_entity), _matches(session, query)),
    )


def _matches(session: Session, query: SearchQuery) -> ColumnElement[bool]:
    if is_sqlite(session):
        return _fts5_condition(query)

    required = map(_tsvector_condition, query.terms)
    excluded = map(not_, map(_tsvector_condition, query.excluded))

    return and_(*required, *excluded)


def is_sqlite(session: Session) -> bool:
    """Return whether the engine is SQLite, whose index yields hits in the order of row ids."""
    # Those of a reading session are one; `get_bind` takes ten times as long.
    bind = session.bind or session.get_bind()
    return bind.dialect.name == "sqlite"


def count(session: Session, term: SearchTerm) -> int:
    """Return the number of documents of all kinds that contain a term."""
    if is_sqlite(session):
        # The index counts without reading a row.
        ((hits,),) = sqlite_rows(session, _COUNT, _term_to_fts5(term))
        return int(hits)

    counted = select(func.count()).select_from(SearchDocument).where(_tsvector_condition(term))
    return session.scalar(counted) or 0


def to_fts5(query: SearchQuery) -> str:
    """Return `query` as an FTS5 expression; of excluded terms alone, what matches any of them."""
    excluded = " OR ".join(map(_term_to_fts5, query.excluded))
    required = " AND ".join(map(_term_to_fts5, query.terms))
    if required and excluded:
        return f"({required}) NOT ({excluded})"

    return required or excluded


def expressions(query: SearchQuery, kinds: Iterable[str]) -> dict[str, str]:
    """Return `query` as an FTS5 expression for each of some kinds."""
    of_texts = to_fts5(query)
    of_names = of_texts if query.of_names is query else to_fts5(query.of_names)
    return {kind: of_names if kind == "entity" else of_texts for kind in kinds}


def title_expressions(query: SearchQuery, kinds: Iterable[str]) -> dict[str, str]:
    """Return for each of some kinds the FTS5 expression for any of the terms in a title."""
    by_kind = {}
    for kind in kinds:
        by_kind[kind] = titles_to_fts5(for_kind(query, kind), kind)

    return by_kind


def titles_to_fts5(query: SearchQuery, kind: str) -> str:
    """Return the FTS5 expression for any of the terms in a title, or in any name of an entity."""
    columns = "title summary" if kind == "entity" else "title"
    return f"{{{columns}}} : ({' OR '.join(map(_term_to_fts5, query.terms))})"


def _fts5_condition(query: SearchQuery) -> ColumnElement[bool]:
    # LIMIT -1 changes no result. It keeps SQLite from folding the subquery into a join and
    # asking the index once a row.
    matched = select(_INDEX.c.rowid).where(_match(to_fts5(query))).limit(-1)
    pk = col(SearchDocument.pk)
    return pk.in_(matched) if query.terms else pk.not_in(matched)


def _match(expression: str) -> ColumnElement[bool]:
    return literal_column("search_index").op("MATCH")(expression)


def _term_to_fts5(term: SearchTerm) -> str:
    alternatives = " OR ".join(map(_alternative_to_fts5, term.alternatives))
    return f"({alternatives})"


def _alternative_to_fts5(alternative: Alternative) -> str:
    phrases = " AND ".join(map(_phrase_to_fts5, alternative.phrases))
    return f"({phrases})"


def _phrase_to_fts5(phrase: Phrase) -> str:
    # No token contains a quotation mark.
    quoted = f'"{" ".join(phrase.words)}"'
    return f"{quoted} *" if phrase.open else quoted


def _tsvector_condition(term: SearchTerm) -> ColumnElement[bool]:
    conditions = []
    for alternative in term.alternatives:
        conditions.append(and_(*map(_contains_phrase, alternative.phrases)))

    return or_(*conditions)


def _contains_phrase(phrase: Phrase) -> ColumnElement[bool]:
    *before, last = phrase.words
    # Symbols within a name are in too many texts to narrow anything; `strpos` compares them.
    lexemes = [_lexeme(word) for word in dict.fromkeys(before) if word not in JOINERS]
    if last not in JOINERS or not lexemes:
        lexemes.append(_lexeme(last) + (":*" if phrase.open else ""))

    query = cast(" & ".join(lexemes), TSQUERY)
    has_tokens: ColumnElement[bool] = literal_column("search_document.search_index").op("@@")(query)
    if not before:
        return has_tokens

    in_order = [func.strpos(text, phrase.needle) > 0 for text in _TEXTS]

    return and_(has_tokens, or_(*in_order))


def _lexeme(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"


_Run = tuple[int, int]
"""A run of terms: the index of its first term, and the index after its last."""


def _expand(session: Session, query: SearchQuery) -> SearchQuery:
    """Add to the longest runs of words that name exactly one entity its other spellings."""
    terms = query.terms
    keys, strong_keys = _run_keys(terms)
    owners = _owners(session, strong_keys)
    expanded: list[SearchTerm] = []
    start = 0
    while start < len(terms):
        run = _longest_name(keys, owners, start)
        if run is None:
            expanded.append(_expand_parts(session, terms[start]))
            start += 1
        else:
            (entity,) = owners[keys[run]]
            expanded.append(
                _any_spelling(
                    session,
                    terms[slice(*run)],
                    entity,
                )
            )
            start = run[1]

    return replace(query, terms=tuple(expanded))


def _plain_runs(terms: Sequence[SearchTerm]) -> Iterator[_Run]:
    """Yield the runs of plain terms, from each start the shortest first."""
    for start in range(len(terms)):
        last_end = min(start + _MAX_NAME_WORDS, len(terms))
        for end in range(start + 1, last_end + 1):
            if not terms[end - 1].is_plain:
                break

            yield start, end


def _run_keys(terms: Sequence[SearchTerm]) -> tuple[dict[_Run, str], set[str]]:
    """Return the name key of each run, and the keys that say enough to name an entity."""
    keys: dict[_Run, str] = {}
    strong_keys: set[str] = set()
    for run in _plain_runs(terms):
        text = _typed(terms[slice(*run)])
        keys[run] = name_key(text)
        if not _is_weak(text):
            strong_keys.add(keys[run])

    return keys, strong_keys


def _longest_name(keys: dict[_Run, str], owners: dict[str, set[int]], start: int) -> _Run | None:
    """Return the longest run from `start` that names exactly one entity, if any."""
    for end in range(start + _MAX_NAME_WORDS, start, -1):
        key = keys.get((start, end), "")
        if len(owners.get(key, ())) == 1:
            return start, end

    return None


def _expand_term(session: Session, term: SearchTerm) -> SearchTerm:
    (expanded,) = _expand(session, SearchQuery((term,), ())).terms
    return expanded


def _expand_parts(session: Session, term: SearchTerm) -> SearchTerm:
    """Expand the operands of an OR one by one, and the parts of a joined word (`輝達GPU`)."""
    if term.operands:
        operands = tuple(_expand_term(session, operand) for operand in term.operands)
        return replace(term, alternatives=all_alternatives(operands), operands=operands)

    if not term.parts:
        return term

    parts = _expand(session, SearchQuery(term.parts, ())).terms
    if not any(map(named_entity, parts)):
        return term

    choices = product(*(part.alternatives for part in parts))
    joined = map(_joined, islice(choices, _MAX_SPELLINGS))

    return replace(
        term,
        alternatives=(*term.alternatives, *joined),
        operands=parts,
    )


def _joined(chosen: Sequence[Alternative]) -> Alternative:
    """Join one alternative of each part of a word."""
    named = next((alternative for alternative in chosen if alternative.entity), chosen[0])
    return Alternative(_all_phrases(chosen), named.spelling, named.entity)


def _all_phrases(alternatives: Iterable[Alternative]) -> tuple[Phrase, ...]:
    phrases: list[Phrase] = []
    for alternative in alternatives:
        phrases.extend(alternative.phrases)

    return tuple(phrases)


def named_entity(term: SearchTerm) -> int | None:
    """Return the pk of the entity whose other spellings a term includes, if any."""
    return term.alternatives[-1].entity


def _any_spelling(session: Session, run: Sequence[SearchTerm], entity: int) -> SearchTerm:
    """Return a run of words as one term that any unambiguous spelling of `entity` satisfies."""
    alternatives = _as_typed(run)
    spellings = _spellings(session, entity)
    owners = _owners(session, {name_key(name) for name, _ in spellings})
    for name, name_phrase in spellings:
        if len(alternatives) > _MAX_SPELLINGS:
            break

        is_unambiguous = len(owners[name_key(name)]) == 1
        if is_unambiguous and not _is_covered(name_phrase, alternatives):
            alternatives.append(Alternative((name_phrase,), name, entity))

    may_continue = run[-1].may_continue
    return SearchTerm(_typed(run), tuple(alternatives), True, may_continue=may_continue)


def _as_typed(run: Sequence[SearchTerm]) -> list[Alternative]:
    """Return the words of a name as they were typed.

    A version belongs to the word before it: `Qwen 3.8` is one phrase, as `Qwen3.8` is.
    """
    if len(run) == 1:
        return list(run[0].alternatives)

    phrases: list[Phrase] = []
    for term in run:
        (word,) = term.alternatives[0].phrases
        joined = None
        if phrases and word.words[0][0].isdigit():
            joined = phrase(f"{phrases[-1].text} {word.text}")
        if joined:
            phrases[-1] = joined
        else:
            phrases.append(word)

    return [Alternative(tuple(phrases))]


def _spellings(session: Session, entity: int) -> list[tuple[str, Phrase]]:
    """Return the names of an entity and of those merged into it, the shortest first."""
    spellings: dict[str, Phrase] = {}
    for (name,) in session.connection().execute(_NAMES, {"pk": entity}):
        name_phrase = None if _is_weak(name) else phrase(name)
        if name_phrase:
            spellings[name] = name_phrase

    return sorted(spellings.items(), key=_by_length)


def _by_length(spelling: tuple[str, Phrase]) -> tuple[int, tuple[str, ...], str]:
    name, name_phrase = spelling
    return len(name_phrase.tokens), name_phrase.words, name


def _is_covered(name_phrase: Phrase, alternatives: Iterable[Alternative]) -> bool:
    """Return whether a text with this name already matches one of the alternatives."""
    for alternative in alternatives:
        if all(part.needle in name_phrase.needle for part in alternative.phrases):
            return True

    return False


def _owners(session: Session, keys: Iterable[str]) -> defaultdict[str, set[int]]:
    """Return the entities (pks) that have an alias with each key, merged ones followed."""
    owners: defaultdict[str, set[int]] = defaultdict(set)
    sorted_keys = sorted(keys)
    if not sorted_keys:
        return owners

    rows: Iterable[Sequence[Any]]
    if is_sqlite(session):
        rows = sqlite_rows(session, _SQLITE_OWNERS, orjson.dumps(sorted_keys))
    else:
        rows = session.connection().execute(_OWNERS, {"keys": sorted_keys})
    for key, entity in rows:
        owners[key].add(entity)

    return owners


def _typed(terms: Iterable[SearchTerm]) -> str:
    return " ".join(term.typed for term in terms)


def _is_weak(name: str) -> bool:
    """Return whether a name is a plain word or too short to stand for an entity."""
    min_letters = 3 if name.isascii() else 2
    return is_generic(name) or sum(map(str.isalnum, name)) < min_letters
