"""Profiles of names say what the API says."""

from datetime import date

from app.query import items
from app.query.entities import lists as entity_lists
from app.query.entities import profiles, references
from app.query.request.entity_params import EntityList
from app.query.request.item_params import ItemList
from app.query.schemas.items import ItemOut
from app.store.db import Database


def test_marks_are_the_mentions_in_texts(seeded: Database) -> None:
    with seeded.read() as session:
        listing = items.find(session, ItemList(include="mentions", limit=5), None)
        for entry in listing.entries:
            item = ItemOut.model_validate_json(entry)
            expected = [
                (mention.field, mention.surface)
                for mention in item.mentions
                if mention.kind != "listed" and mention.entity
            ]
            marks = profiles.marks(session, [item.id]).get(item.id, [])
            assert [(mark.field, mark.surface) for mark in marks] == expected


def test_profiles_count_as_lists_do(seeded: Database) -> None:
    with seeded.read() as session:
        summaries = entity_lists.find(session, EntityList(limit=10), None).entries
        for summary in summaries:
            pk = references.of_id(session, summary.id)
            assert pk
            profile = profiles.profiles(session, [pk, 10**9], None, {pk})[pk]
            assert profile.ref.id == summary.id
            assert (profile.items, profile.mentions) == (
                summary.counts.items,
                summary.counts.mentions,
            )
            assert (profile.first_seen, profile.last_seen) == (
                summary.first_seen,
                summary.last_seen,
            )
            assert sum(profile.spark) == summary.counts.items
            assert isinstance(profile.first_seen, date)
