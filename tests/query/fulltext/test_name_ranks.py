"""How near the names of entities come to a query."""

from sqlmodel import select

from app.query.fulltext import matching
from app.query.fulltext.name_ranks import name_ranks
from app.query.fulltext.scoring import EXACT, OTHER, PREFIX
from app.query.request.params import Searched
from app.store.db import Database
from app.store.tables import Entity
from tests.conftest import take_in
from tests.documents import briefing, item


def test_entities_are_ranked_by_their_names(database: Database) -> None:
    take_in(database, briefing(item("A", entities="Zorb, Zorbify, Quuxworks")))
    with database.read() as session:
        query = matching.parse(session, Searched(q="zorb"))
        assert query
        pks = {entity.name: entity.pk or 0 for entity in session.exec(select(Entity)).all()}
        asked = [pks["Zorb"], pks["Zorbify"], pks["Quuxworks"]]
        assert name_ranks(session, query, asked) == [EXACT, PREFIX, OTHER]
