"""Draw joins of threads to check by hand: `python -m tests.eval.threads FOLDER [--joins 50] [--seed 1] [--text]`.

Ingests a folder of briefings into a base of its own, and prints so many of the joins found there, drawn with a fixed seed, all
of them where there are no more: both items with date and title, signal and score; with `--text` their summaries too.
"""

import argparse
import random
import tempfile
from pathlib import Path

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app import ingest
from app.store.db import Database
from app.store.migrations import migrate
from app.store.tables import Item, ItemLink, ThreadMember


def joins(session: Session) -> list[tuple[Item, Item, ItemLink, str]]:
    """Every join: the item, the earlier one, their link, the role; in the order of their ids."""
    earlier = aliased(Item)
    statement = (
        select(Item, earlier, ItemLink, col(ThreadMember.role))
        .join(ThreadMember, col(ThreadMember.item_pk) == col(Item.pk))
        .join(earlier, earlier.pk == col(ThreadMember.joined_pk))
        .join(
            ItemLink,
            (col(ItemLink.item_pk) == col(Item.pk)) & (col(ItemLink.earlier_pk) == earlier.pk),
        )
        .order_by(col(Item.id))
    )
    return [tuple(row) for row in session.exec(statement)]  # type: ignore[misc]


def main() -> None:
    """Print the sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--joins", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--text", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/sample.db", read_timeout=60)
        migrate(database)
        reports = list(
            ingest.ingest_files(
                database,
                ingest.documents([given.folder]),
                channel="sample",
                default_channel="sample",
            )
        )
        with database.read() as session:
            found = joins(session)
        database.close()
    drawn = random.Random(given.seed).sample(found, min(given.joins, len(found)))
    print(f"{len(reports)} documents, {len(found)} joins; drawn: {len(drawn)}\n")
    for item, earlier, link, role in sorted(
        drawn, key=lambda join: (join[0].date, join[0].ordinal)
    ):
        print(
            f"{item.date}  {item.title}  [{role}]\n{earlier.date}  {earlier.title}\n    {link.signal} {link.score}"
        )
        if given.text:
            print(f"    {item.summary}\n    {earlier.summary}")
        print()


if __name__ == "__main__":
    main()
