"""Nine calls with the package of `clients/python`, sync and async."""

import asyncio

from briefbase_client import AsyncBriefbase, Briefbase, BriefbaseError
from check import BASE, check


def sync_calls() -> None:
    """Make the calls that block."""
    with Briefbase(BASE) as base:
        items = list(base.items(limit=20))
        total = base.items().total()
        check("walk", len(items) == total > 60 and len({item.id for item in items}) == total)
        high = base.items(importance=["high"]).to_pandas()
        check("to_pandas", set(high["importance.level"]) == {"high"})
        hit = next(iter(base.search("昇騰", type_=["items"])))
        item = base.item(hit.id)
        check("search", item.id == hit.id)
        check("lines", item.title in base.lines(item.id).text)
        check("entity by spelling", base.entity("輝達").name == "NVIDIA")
        check("timeline", base.timeline("NVIDIA", interval="month").totals.items > 0)
        try:
            base.item("i_nothing")
        except BriefbaseError as error:
            check("error", error.status == 404 and "There is no item" in str(error))


async def async_calls() -> None:
    """Make the calls of an event loop."""
    async with AsyncBriefbase(BASE) as base:
        ids = [item.id async for item in base.items()]
        check("async walk", len(ids) == await base.items().total())
        frame = await base.entities(entity_type=["org"]).to_pandas()
        check("async to_pandas", set(frame["type"]) == {"org"})


sync_calls()
asyncio.run(async_calls())
