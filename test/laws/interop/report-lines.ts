/** The law's counts by server, and its first disagreements, for people. */
import { tlsVersionName } from "../../../src/tls/tables/versions.ts";
import type { InteropReport } from "./law.ts";

const SHOWN = 20;

export const reportLines = ({ stacks, versions, disagreements }: InteropReport): readonly string[] => {
  const counts = [...stacks.values()];
  const sum = (pick: (one: (typeof counts)[number]) => number): number =>
    counts.reduce((total, one) => total + pick(one), 0);
  const line = (name: string, cases: number, connected: number, failed: number, disagreed: number): string =>
    `${name.padEnd(8)} ${cases} combinations: ${connected} connect alike, ${failed} fail alike, ${disagreed} disagree`;
  return [
    line(
      "all",
      sum(({ cases }) => cases),
      sum(({ connected }) => connected),
      sum(({ failed }) => failed),
      sum(({ disagreed }) => disagreed),
    ),
    ...[...stacks]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, { cases, connected, failed, disagreed }]) =>
        line(name, cases, connected, failed, disagreed),
      ),
    ...[...versions]
      .toSorted(([a], [b]) => b - a)
      .map(([version, count]) => `TLS ${tlsVersionName(version) ?? version}: ${count}`),
    ...disagreements.slice(0, SHOWN),
  ];
};
