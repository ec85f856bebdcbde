/** The machines that answered behind one address, told apart by certificate and by what they call themselves. */
import { groupedBy } from "../grouped.ts";
import type { MemberReport, RepeatedProbe } from "./repeat.ts";
import type { VerdictCode } from "../verdicts.ts";

/** The members in the order in which they first answered; probes that saw no certificate count for none. */
export const membersOf = (probes: readonly RepeatedProbe[]): readonly MemberReport[] => {
  const byCertificate = groupedBy(probes, ({ certificate }) => certificate?.sha256 ?? null);
  return [...byCertificate].flatMap(([sha256, seen]) =>
    sha256 === null ? [] : byComputer(seen).map((own) => memberOf(sha256, own)),
  );
};

/** One certificate may serve many machines. A probe that was told no name belongs to the only one there is. */
const byComputer = (probes: readonly RepeatedProbe[]): readonly (readonly RepeatedProbe[])[] => {
  const named = new Set(probes.flatMap(({ computer }) => (computer === null ? [] : [computer])));
  if (named.size < 2) return [probes];
  return [...groupedBy(probes, ({ computer }) => computer).values()];
};

const memberOf = (sha256: string, probes: readonly RepeatedProbe[]): MemberReport => ({
  certificate: sha256,
  subject: probes[0]?.certificate?.subject ?? null,
  computer: probes.find(({ computer }) => computer !== null)?.computer ?? null,
  count: probes.length,
  verdicts: countsOf(probes),
  bad: probes.every(({ severity }) => severity !== "ok"),
});

/** How often each verdict was given, in the order of first sight. */
export const countsOf = (
  probes: readonly RepeatedProbe[],
): Readonly<Partial<Record<VerdictCode, number>>> => {
  const counts: Partial<Record<VerdictCode, number>> = {};
  for (const { code } of probes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
};
