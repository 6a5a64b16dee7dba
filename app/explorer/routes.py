"""The routers of the explorer, in the order of their paths."""

from app.explorer import bench, days, desk, entities, quality, search, site, stories

routers = [
    page.router
    for page in (
        days,
        search,
        entities,
        stories,
        quality,
        bench,
        desk,
        site,
    )
]
