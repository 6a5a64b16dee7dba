import * as api from "./api";
import { check, day, key } from "./check";

async function main(): Promise<void> {
  const params = { limit: 3, importance: ["high" as const], section: ["!market"] };
  const items = (await api.listItems(params)).data as api.PageItemOut;
  const [first] = items.data;
  check("listItems", items.data.length === 3 && first?.importance?.level === "high");

  const sparse = await api.listItems({ fields: "id,title" });
  const entry = (sparse.data as api.SparsePageItemOut).data[0];
  check("listItems with fields", Boolean(entry?.title) && entry?.section === undefined);

  const wrong = await api.listItems({ section: ["nonsense"] });
  const isRefused = wrong.status === 400 && wrong.data.errors[0]?.parameter === "section";
  check("listItems with an error", isRefused);

  const buckets = await api.listItemBuckets({ group_by: "importance" });
  check("listItemBuckets", buckets.status === 200 && (buckets.data.data[0]?.count ?? 0) > 0);

  const item = await api.getItem(first?.id ?? "");
  check("getItem", (item.data as api.ItemOut).title === first?.title);

  const briefing = await api.getBriefing(day);
  check("getBriefing", (briefing.data as api.BriefingOut).sections.length > 3);

  const entities = await api.listEntities({ q: "SafeBench-Seq" });
  const entity = (entities.data as api.PageEntitySummary).data[0];
  check("listEntities", entity?.name === "SafeBench-Seq");

  const hits = await api.search({ q: "昇騰" });
  check("search", hits.status === 200 && hits.data.data.length > 0);

  const notes = await api.annotateText({ text: "NVIDIA 發布新品" });
  check("annotateText", notes.status === 200 && notes.data.annotations?.[0]?.surface === "NVIDIA");

  const act = await api.addAlias(
    entity?.id ?? "",
    { name: "Green Team", kind: "spelling", dry_run: true },
    { headers: { Authorization: `Bearer ${key}` } },
  );
  check("addAlias", act.status === 200 && act.data.dry_run);
}

void main();
