// Six calls with the package of clients/typescript.
import { createServer } from "node:http";
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
let requests = 0;
const busy = createServer(async (request, response) => {
  requests += 1;
  if (requests % 3) return response.writeHead(503, { "Retry-After": "0" }).end();
  const answer = await fetch(process.env.BASE + request.url);
  response.writeHead(200, { "Content-Type": "application/json" }).end(await answer.text());
});
await new Promise((resolve) => busy.listen(0, "127.0.0.1", resolve));
const seen = new Set();
const patient = new Briefbase(`http://127.0.0.1:${busy.address().port}`);
for await (const item of patient.items({ limit: 30 })) seen.add(item.id);
busy.close();
check("patient walk", seen.size === ids.size);
