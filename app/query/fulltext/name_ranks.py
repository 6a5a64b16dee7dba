"""How near the names of entities come to a query."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.normalize.text.tokens import PART
from app.query.fulltext.language import SearchQuery
from app.query.fulltext.scoring import OTHER, NameRanks
from app.store.encoding.batches import batches
from app.store.tables import SearchDocument


def name_ranks(session: Session, query: SearchQuery, pks: Sequence[int]) -> list[int]:
    """Return the `NameRanks.rank` of each of some entities."""
    ranks = NameRanks(query)
    columns = (col(SearchDocument.ref_pk), col(SearchDocument.title), col(SearchDocument.summary))
    rank_by_pk: dict[int, int] = {}
    for batch in batches(pks):
        documents = select(*columns).where(
            col(SearchDocument.kind) == "entity",
            col(SearchDocument.ref_pk).in_(batch),
        )
        for pk, title, summary in session.execute(documents):
            rank_by_pk[pk] = ranks.rank(title + PART + summary)

    return [rank_by_pk.get(pk, OTHER) for pk in pks]
