/** Which network an address is in, for people: /24 of IPv4, /64 of IPv6. */
import type { Scan } from "./scan.ts";

export interface Group {
  readonly name: string;
  readonly rows: readonly number[];
}

/** Groups in the order of their addresses; the rows of each in the order given. */
export const bySubnet = (scan: Scan, rows: Int32Array): readonly Group[] => {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const name = subnetOf(scan.text("address", row));
    const others = groups.get(name);
    if (others === undefined) groups.set(name, [row]);
    else others.push(row);
  }
  const first = (group: readonly number[]): number =>
    group.reduce((least, row) => Math.min(least, row), scan.count);
  return [...groups]
    .map(([name, own]) => ({ name, rows: own, first: first(own) }))
    .sort((a, b) => a.first - b.first);
};

export const subnetOf = (address: string | null): string => {
  if (address === null) return "without an address";
  const ipv4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address)?.[1];
  if (ipv4 !== undefined) return `${ipv4}.0/24`;
  return `${networkOf(address)}/64`;
};

const GROUPS = 8;

/** The first four groups of an IPv6 address. */
const networkOf = (address: string): string => {
  const [head = "", tail] = address.split("%", 1)[0]?.split("::") ?? [];
  const before = head.split(":").filter((group) => group !== "");
  const after = (tail ?? "").split(":").filter((group) => group !== "");
  const zeros =
    tail === undefined
      ? []
      : Array.from({ length: Math.max(0, GROUPS - before.length - after.length) }, () => "0");
  const network = [...before, ...zeros, ...after]
    .slice(0, GROUPS / 2)
    .map((group) => group.replace(/^0+(?=.)/, ""));
  while (network.length > 1 && network.at(-1) === "0") network.pop();
  return `${network.join(":")}::`;
};
