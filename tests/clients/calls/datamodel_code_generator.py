"""Ten calls whose parameters, bodies and answers are models of datamodel-code-generator."""

import urllib.error
import urllib.request
from urllib.parse import urlencode

import client as models
from check import BASE, DAY, KEY, check


def answer(path, query=None, body=None):
    """Return the bytes of an answer; `query` and `body` are models."""
    address = BASE + path
    if query is not None:
        values = query.model_dump(mode="json", exclude_unset=True, by_alias=True)
        address += "?" + urlencode(values, doseq=True)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    data = body.model_dump_json(exclude_unset=True).encode() if body else None
    request = urllib.request.Request(address, data, headers)
    try:
        with urllib.request.urlopen(request) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        return error.read()


def main() -> None:
    """Make the calls."""
    query = models.ListItemsParametersQuery(limit=3, importance=["high"], section=["!market"])
    items = models.PageItemOut.model_validate_json(answer("/v1/items", query))
    first = items.data[0]
    check("listItems", len(items.data) == 3 and first.importance.level == "high")
    query = models.ListItemsParametersQuery(fields="id,title")
    sparse = models.ListItemsResponse.model_validate_json(answer("/v1/items", query)).root
    assert isinstance(sparse, models.SparsePageItemOut)
    check("listItems with fields", bool(sparse.data[0].title) and not sparse.data[0].section)
    body = answer("/v1/items", models.ListItemsParametersQuery(section=["!nonsense"]))
    wrong = models.Problem.model_validate_json(body)
    check("listItems with an error", wrong.errors[0].parameter == "section")
    query = models.ListItemBucketsParametersQuery(group_by="importance")
    buckets = models.PageBucketOut.model_validate_json(answer("/v1/buckets/items", query))
    check("listItemBuckets", buckets.data[0].count > 0)
    item = models.ItemOut.model_validate_json(answer(f"/v1/items/{first.id}"))
    check("getItem", item.title == first.title)
    briefing = models.BriefingOut.model_validate_json(answer(f"/v1/briefings/{DAY}"))
    check("getBriefing", len(briefing.sections) > 3)
    query = models.ListEntitiesParametersQuery(q="SafeBench-Seq")
    entity = models.PageEntitySummary.model_validate_json(answer("/v1/entities", query)).data[0]
    check("listEntities", entity.name == "SafeBench-Seq")
    query = models.SearchParametersQuery(q="昇騰")
    hits = models.SearchOut.model_validate_json(answer("/v1/search", query))
    check("search", len(hits.data) > 0)
    text = models.AnnotateIn(text="NVIDIA 發布新品")
    notes = models.AnnotationsOut.model_validate_json(answer("/v1/annotate", body=text))
    check("annotateText", notes.annotations[0].surface == "NVIDIA")
    alias = models.AliasIn(name="Green Team", dry_run=True)
    body = answer(f"/v1/entities/{entity.id}/aliases", body=alias)
    check("addAlias", models.ActOut.model_validate_json(body).dry_run)


main()
