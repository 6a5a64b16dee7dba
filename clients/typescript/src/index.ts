// A fetch client of Briefbase with the types of its OpenAPI document.
import createClient, { type Client } from "openapi-fetch";

import type { components, operations, paths } from "./schema.js";

type Schemas = components["schemas"];
export type Briefing = Schemas["BriefingOut"];
export type Entity = Schemas["EntityOut"];
export type EntitySummary = Schemas["EntitySummary"];
export type Hit = Schemas["Hit"];
export type Item = Schemas["ItemOut"];
export type Problem = Schemas["Problem"];
export type ItemFilters = NonNullable<operations["listItems"]["parameters"]["query"]>;
export type EntityFilters = NonNullable<operations["listEntities"]["parameters"]["query"]>;
export type SearchFilters = operations["search"]["parameters"]["query"];

/** A problem document of the service, as an error. */
export class BriefbaseError extends Error {
  constructor(readonly status: number, readonly problem: Problem | undefined) {
    super(problem?.detail ?? `HTTP status ${status}`);
  }
}

interface Page<T> {
  data: T[];
  meta: { next_cursor: string | null };
}
interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

const MAX_TRIES = 4;
const MAX_WAIT_SECONDS = 30;
const BUSY = [429, 503];

/** Fetches; a read is sent again when the service is too busy, after the time that it asks for. */
export async function patientFetch(request: Request): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(request.clone());
    const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
    const isRefused = BUSY.includes(response.status) && ["GET", "HEAD"].includes(request.method);
    if (!isRefused || tries === MAX_TRIES || !(seconds <= MAX_WAIT_SECONDS)) return response;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

/** Every entry of a list; each page is requested when the one before it is used up. */
export async function* walk<T>(
  request: (cursor: string | undefined) => Promise<Answer>,
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = checked<Page<T>>(await request(cursor));
    yield* page.data;
    cursor = page.meta.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

/** The body of an answer; throws BriefbaseError if the service refused the request. */
export function checked<T>(answer: Answer): T {
  if (!answer.response.ok) {
    throw new BriefbaseError(answer.response.status, answer.error as Problem | undefined);
  }
  return answer.data as T;
}

/** A client; `api` has every operation, the other methods the most useful ones. */
export class Briefbase {
  readonly api: Client<paths>;

  constructor(address = "http://127.0.0.1:8000", key?: string) {
    const headers = key ? { Authorization: `Bearer ${key}` } : {};
    this.api = createClient<paths>({ baseUrl: address, headers, fetch: patientFetch });
  }

  items(query: ItemFilters = {}): AsyncGenerator<Item> {
    return walk((cursor) =>
      this.api.GET("/v1/items", { params: { query: { limit: 100, ...query, cursor } } }),
    );
  }

  entities(query: EntityFilters = {}): AsyncGenerator<EntitySummary> {
    return walk((cursor) =>
      this.api.GET("/v1/entities", { params: { query: { limit: 100, ...query, cursor } } }),
    );
  }

  search(q: string, query: Omit<SearchFilters, "q"> = {}): AsyncGenerator<Hit> {
    return walk((cursor) =>
      this.api.GET("/v1/search", { params: { query: { limit: 100, ...query, q, cursor } } }),
    );
  }

  async item(id: string): Promise<Item> {
    return checked(await this.api.GET("/v1/items/{item_id}", { params: { path: { item_id: id } } }));
  }

  async entity(name: string): Promise<Entity> {
    const path = { entity_id: name };
    return checked(await this.api.GET("/v1/entities/{entity_id}", { params: { path } }));
  }
}
