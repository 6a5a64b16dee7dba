// Five calls with the package of clients/typescript.
import { Briefbase, BriefbaseError } from "./index.js";

function check(operation, isRight) {
  if (!isRight) throw new Error(`${operation}: the answer is not right`);
  console.log(`ok ${operation}`);
}

const base = new Briefbase(process.env.BASE);
const ids = new Set();
for await (const item of base.items({ limit: 20 })) ids.add(item.id);
const page = await base.api.GET("/v1/items");
check("walk", ids.size === page.data.meta.total && ids.size > 60);
for await (const hit of base.search("昇騰", { type: ["items"] })) {
  const item = await base.item(hit.id);
  check("search", item.id === hit.id);
  break;
}
check("entity by spelling", (await base.entity("輝達")).name === "NVIDIA");
const types = new Set();
for await (const entity of base.entities({ entity_type: ["org"] })) types.add(entity.type);
check("entities", types.size === 1 && types.has("org"));
try {
  await base.item("i_nothing");
} catch (error) {
  check("error", error instanceof BriefbaseError && error.status === 404);
}
