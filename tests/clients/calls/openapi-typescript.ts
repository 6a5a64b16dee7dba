import createClient from "openapi-fetch";
import { base, check, day, key } from "./check";
import type { components, paths } from "./schema";

type Items = components["schemas"]["Page_ItemOut_"];
// Lists come as citations, too; without this, every answer is JSON or text.
type Json = "application/json" | "application/problem+json";
type Briefing = components["schemas"]["BriefingOut"];
const client = createClient<paths, Json>({ baseUrl: base });

async function main(): Promise<void> {
  const query = { limit: 3, importance: ["high" as const], section: ["!market"] };
  const items = (await client.GET("/v1/items", { params: { query } })).data as Items;
  const [first] = items.data;
  check("listItems", items.data.length === 3 && first?.importance?.level === "high");

  const sparse = await client.GET("/v1/items", { params: { query: { fields: "id,title" } } });
  const entry = sparse.data?.data[0];
  check("listItems with fields", Boolean(entry?.title) && entry?.section === undefined);

  const wrong = await client.GET("/v1/items", { params: { query: { section: ["nonsense"] } } });
  check("listItems with an error", wrong.error?.errors[0]?.parameter === "section");

  const buckets = await client.GET("/v1/buckets/items", {
    params: { query: { group_by: "importance" } },
  });
  check("listItemBuckets", (buckets.data?.data[0]?.count ?? 0) > 0);

  const item = await client.GET("/v1/items/{item_id}", {
    params: { path: { item_id: first?.id ?? "" } },
  });
  check("getItem", typeof item.data === "object" && item.data.title === first?.title);

  const briefing = await client.GET("/v1/briefings/{briefing_id}", {
    params: { path: { briefing_id: day } },
  });
  check("getBriefing", (briefing.data as Briefing).sections.length > 3);

  const entities = await client.GET("/v1/entities", { params: { query: { q: "SafeBench-Seq" } } });
  const entity = entities.data?.data[0];
  check("listEntities", entity?.name === "SafeBench-Seq");

  const hits = await client.GET("/v1/search", { params: { query: { q: "昇騰" } } });
  check("search", (hits.data?.data.length ?? 0) > 0);

  const notes = await client.POST("/v1/annotate", { body: { text: "NVIDIA 發布新品" } });
  check("annotateText", notes.data?.annotations?.[0]?.surface === "NVIDIA");

  const act = await client.POST("/v1/entities/{entity_id}/aliases", {
    params: { path: { entity_id: entity?.id ?? "" } },
    body: { name: "Green Team", kind: "spelling", dry_run: true },
    headers: { Authorization: `Bearer ${key}` },
  });
  check("addAlias", act.data?.dry_run === true);
}

void main();
