"""The routers of the explorer, in the order of their paths."""

from app.explorer import days, entities, quality, search, site, stories

routers = [
    page.router
    for page in (
        days,
        search,
        entities,
        stories,
        quality,
        site,
    )
]
