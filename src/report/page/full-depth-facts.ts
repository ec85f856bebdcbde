/** What full depth adds to a host of the page: what the server accepts, which clients connect, what else listens. */
import { entriesAt, objectOf, partAt, textAt } from "../../audit/json-parts.ts";
import type { JsonObject } from "../../audit/result-row.ts";

type Fact = readonly [label: string, value: string];

/** @param json a result as it stands in a file, unchecked. */
export const fullDepthFacts = (json: JsonObject): readonly Fact[] => [
  ...suiteFacts(json),
  ...clientFacts(entriesAt(json, "clients") ?? []),
  ...listenerFacts(json),
];

const MOST_SUITES = 24;

/** In the order of the versions; a version that is refused has no suites. */
const suiteFacts = (json: JsonObject): readonly Fact[] =>
  Object.entries(VERSIONS).flatMap(([version, name]): readonly Fact[] => {
    const suites = entriesAt(json, "tlsSupport", version, "accepted") ?? [];
    return suites.length === 0 ? [] : [[`${name} accepts`, listed(suites, MOST_SUITES)]];
  });

const VERSIONS = {
  ssl3: "SSL 3",
  "1.0": "TLS 1.0",
  "1.1": "TLS 1.1",
  "1.2": "TLS 1.2",
  "1.3": "TLS 1.3",
} as const;

const MOST_CLIENTS = 40;

/** Those that connect in one line, every other one with its reason. */
const clientFacts = (clients: readonly unknown[]): readonly Fact[] => {
  const known = clients.slice(0, MOST_CLIENTS);
  const names = known
    .filter((client) => textAt(client, "outcome") === "connects")
    .map((client) => textAt(client, "name"));
  const others = known.flatMap((client): readonly Fact[] => {
    const [name, outcome, why] = ["name", "outcome", "why"].map((part) => textAt(client, part) ?? null);
    if (name == null || outcome == null || outcome === "connects") return [];
    return [[name, why == null ? outcome : `${outcome}: ${why}`]];
  });
  return [
    ...(names.length === 0 ? [] : [["Clients that connect", listed(names, MOST_CLIENTS)] as const]),
    ...others,
  ];
};

const MOST_LISTENERS = 12;

const listenerFacts = (json: JsonObject): readonly Fact[] =>
  Object.keys(objectOf(partAt(json, "listeners")) ?? {})
    .slice(0, MOST_LISTENERS)
    .flatMap((name): readonly Fact[] => {
      const summary = textAt(json, "listeners", name, "summary");
      return summary === null ? [] : [["Also asked", summary]];
    });

/** The texts among what a file has there, each safe to print. */
const listed = (values: readonly unknown[], most: number): string => {
  const texts = values.slice(0, most).flatMap((value) => textAt({ value }, "value") ?? []);
  const more = values.length - most;
  return more > 0 ? `${texts.join(", ")} and ${more} more` : texts.join(", ");
};
