/** Questions that a user may add to any depth (`--ask`), each with the connections that it costs. */
export const ASKS = {
  nla: { connections: 1, says: "whether NLA is required" },
  "tls-versions": { connections: 4, says: "which TLS versions are accepted" },
  weak: { connections: 2, says: "whether weak cipher suites and Standard RDP Security are accepted" },
} as const;

export type Ask = keyof typeof ASKS;

export type Asks = ReadonlySet<Ask>;

export const NO_ASKS: Asks = new Set();

/** Of a healthy host at most, and at this depth, which may ask some of it anyway. */
export const askedConnections = (asks: Asks, depth: "quick" | "standard" | "full"): number =>
  [...asks].reduce(
    (sum, ask) => sum + (depth === "full" || isAskedAnyway(ask, depth) ? 0 : ASKS[ask].connections),
    0,
  );

/** Standard depth asks whether NLA is required, and full depth asks everything. */
const isAskedAnyway = (ask: Ask, depth: "quick" | "standard"): boolean =>
  depth === "standard" && ask === "nla";
