/** From what the resolver gave and where it has it from: the report, its line for people, and its findings. */
import type { AddressSource, NameSources, ResolutionReport } from "./resolution.ts";
import type { Finding } from "./result.ts";

/** @param sources null where the addresses were given on the command line. */
export const resolutionReport = (
  addresses: readonly string[],
  sources: NameSources | null,
): ResolutionReport => ({
  addresses: addresses.map((address) => ({ address, from: sourceOf(address, sources) })),
  ...(sources ?? { hosts: [], dns: null, aliases: [] }),
});

const sourceOf = (address: string, sources: NameSources | null): AddressSource => {
  if (sources === null) return "given";
  if (sources.hosts.includes(address)) return "hosts";
  return sources.dns?.includes(address) === true ? "dns" : "unknown";
};

const WORDS: Readonly<Record<AddressSource, string>> = {
  given: "given by --resolve",
  hosts: "from the hosts file",
  dns: "from DNS",
  unknown: "from the resolver",
};

/** One line for people on the address that was probed. */
export const resolutionNote = ({ addresses, aliases }: ResolutionReport, probed: string | null): string => {
  const index = addresses.findIndex(({ address }) => address === probed);
  const found = addresses[index];
  if (found === undefined) return "";
  const which = addresses.length === 1 ? "" : `, ${index + 1} of ${addresses.length} in the resolver's order`;
  const alias = aliases.length === 0 ? "" : `, alias of ${aliases.join(", ")}`;
  return `${WORDS[found.from]}${which}${alias}`;
};

/** Where the hosts file decides, and where it and DNS do not agree. */
export const resolutionFindings = ({ addresses, dns }: ResolutionReport): readonly Finding[] => {
  const fromHosts = addresses.filter(({ from }) => from === "hosts").map(({ address }) => address);
  if (fromHosts.length === 0 || dns === null || dns.length === 0) return [];
  const others = fromHosts.filter((address) => !dns.includes(address));
  if (others.length === 0) return [];
  return [
    {
      code: "hosts-file-differs-from-dns",
      severity: "warning",
      stage: "dns",
      summary: `this machine's hosts file gives ${others.join(", ")}, while DNS gives ${dns.join(", ")}: other clients go elsewhere`,
      evidence: { hosts: others.join(", "), dns: dns.join(", ") },
      remedies: ["check-name"],
    },
  ];
};
