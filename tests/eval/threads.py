"""Draw joins of threads, to check by hand.

Usage: `python -m tests.eval.threads FOLDER [--joins 50] [--seed 1] [--text]`.

Ingests a folder of briefings into a database of its own and prints joins drawn with a fixed seed,
or all of them if there are fewer: both items with date and title, signal and score; with `--text`
their summaries, too.
"""

import argparse
import random
import tempfile
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app import ingest
from app.store.db import Database
from app.store.migrations import migrate
from app.store.tables import Item, ItemLink, ThreadMember


class Join(NamedTuple):
    """An item, the earlier item that it joined, their link and the item's role."""

    item: Item
    earlier: Item
    link: ItemLink
    role: str


def joins(session: Session) -> list[Join]:
    """Return every join, in the order of item ids."""
    earlier = aliased(Item)
    is_link_of_join = (col(ItemLink.item_pk) == col(Item.pk)) & (
        col(ItemLink.earlier_pk) == earlier.pk
    )
    statement = (
        select(Item, earlier, ItemLink, col(ThreadMember.role))
        .join(ThreadMember, col(ThreadMember.item_pk) == col(Item.pk))
        .join(earlier, col(earlier.pk) == col(ThreadMember.joined_pk))
        .join(ItemLink, is_link_of_join)
        .order_by(col(Item.id))
    )
    return [Join(*row) for row in session.execute(statement)]


def ingest_and_join(folder: Path) -> tuple[int, list[Join]]:
    """Return the number of documents in a folder, and the joins between their items."""
    with tempfile.TemporaryDirectory() as scratch:
        database = Database(f"sqlite:///{scratch}/sample.db", read_timeout=60)
        migrate(database)
        reports = ingest.ingest_files(
            database,
            ingest.documents([folder]),
            channel="sample",
            default_channel="sample",
        )
        count = len(list(reports))
        with database.read() as session:
            all_joins = joins(session)
        database.close()
    return count, all_joins


def show(join: Join, *, with_text: bool) -> None:
    """Print one join."""
    item, earlier, link, role = join
    print(f"{item.date}  {item.title}  [{role}]")
    print(f"{earlier.date}  {earlier.title}")
    print(f"    {link.signal} {link.score}")
    if with_text:
        print(f"    {item.summary}\n    {earlier.summary}")
    print()


def main() -> None:
    """Print the sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--joins", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--text", action="store_true")
    arguments = parser.parse_args()
    count, all_joins = ingest_and_join(arguments.folder)
    size = min(arguments.joins, len(all_joins))
    sample = random.Random(arguments.seed).sample(all_joins, size)
    print(f"{count} documents, {len(all_joins)} joins; drawn: {size}\n")
    for join in sorted(sample, key=lambda join: (join.item.date, join.item.ordinal)):
        show(join, with_text=arguments.text)


if __name__ == "__main__":
    main()
