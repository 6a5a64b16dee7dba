"""Ten calls with the client of openapi-python-client."""

from check import BASE, DAY, KEY, check
from client import AuthenticatedClient, Client, models
from client.api.briefings import get_briefing
from client.api.curation import add_alias
from client.api.entities import annotate_text, list_entities
from client.api.items import get_item, list_item_buckets, list_items
from client.api.search import search


def main() -> None:
    """Make the calls."""
    client = Client(BASE)
    items = list_items.sync(client=client, limit=3, importance=["high"], section=["!market"])
    assert isinstance(items, models.PageItemOut)
    first = items.data[0]
    check("listItems", len(items.data) == 3 and first.importance.level == "high")
    sparse = list_items.sync(client=client, fields="id,title")
    assert isinstance(sparse, models.SparsePageItemOut)
    check("listItems with fields", bool(sparse.data[0].title) and not sparse.data[0].section)
    wrong = list_items.sync(client=client, section=["nonsense"])
    assert isinstance(wrong, models.Problem)
    check("listItems with an error", wrong.errors[0].parameter == "section")
    buckets = list_item_buckets.sync(client=client, group_by="importance")
    check("listItemBuckets", buckets.data[0].count > 0)
    item = get_item.sync(first.id, client=client)
    assert isinstance(item, models.ItemOut)
    check("getItem", item.title == first.title)
    briefing = get_briefing.sync(DAY, client=client)
    assert isinstance(briefing, models.BriefingOut)
    check("getBriefing", len(briefing.sections) > 3)
    entity = list_entities.sync(client=client, q="SafeBench-Seq").data[0]
    check("listEntities", entity.name == "SafeBench-Seq")
    hits = search.sync(client=client, q="昇騰")
    check("search", len(hits.data) > 0)
    text = models.AnnotateIn(text="NVIDIA 發布新品")
    notes = annotate_text.sync(client=client, body=text)
    check("annotateText", notes.annotations[0].surface == "NVIDIA")
    curator = AuthenticatedClient(BASE, KEY)
    alias = models.AliasIn(name="Green Team", dry_run=True)
    act = add_alias.sync(entity.id, client=curator, body=alias)
    assert isinstance(act, models.ActOut)
    check("addAlias", act.dry_run)


main()
