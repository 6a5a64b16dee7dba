import { base, check, day, key } from "./check";
import * as api from "./client";
import { client } from "./client/client.gen";

client.setConfig({ baseUrl: base });

async function main(): Promise<void> {
  const query = { limit: 3, importance: ["high" as const], section: ["!market"] };
  const items = (await api.listItems({ query })).data as api.PageItemOut;
  const [first] = items.data;
  check("listItems", items.data.length === 3 && first?.importance?.level === "high");

  const sparse = await api.listItems({ query: { fields: "id,title" } });
  const entry = sparse.data?.data[0];
  check("listItems with fields", Boolean(entry?.title) && entry?.section === undefined);

  const wrong = await api.listItems({ query: { section: ["nonsense"] } });
  check("listItems with an error", wrong.error?.errors[0]?.parameter === "section");

  const buckets = await api.listItemBuckets({ query: { group_by: "importance" } });
  check("listItemBuckets", (buckets.data?.data[0]?.count ?? 0) > 0);

  const item = await api.getItem({ path: { item_id: first?.id ?? "" } });
  check("getItem", (item.data as api.ItemOut).title === first?.title);

  const briefing = await api.getBriefing({ path: { briefing_id: day } });
  check("getBriefing", (briefing.data as api.BriefingOut).sections.length > 3);

  const entities = await api.listEntities({ query: { q: "SafeBench-Seq" } });
  const entity = entities.data?.data[0];
  check("listEntities", entity?.name === "SafeBench-Seq");

  const hits = await api.search({ query: { q: "昇騰" } });
  check("search", (hits.data?.data.length ?? 0) > 0);

  const notes = await api.annotateText({ body: { text: "NVIDIA 發布新品" } });
  check("annotateText", notes.data?.annotations?.[0]?.surface === "NVIDIA");

  const act = await api.addAlias({
    auth: key,
    path: { entity_id: entity?.id ?? "" },
    body: { name: "Green Team", kind: "spelling", dry_run: true },
  });
  check("addAlias", act.data?.dry_run === true);
}

void main();
