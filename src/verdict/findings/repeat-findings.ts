/** What only many probes of the same place show: what comes and goes, and by which rule it seems to. */
import { greatest, least } from "../../bytes/extremes.ts";
import type { MemberReport, RepeatedProbe, RepeatReport } from "../repeat/repeat.ts";
import { finding } from "./finding.ts";
import type { Finding } from "../result/result.ts";

/** In the order in which a person wants to read them. */
export const repeatFindings = (probes: readonly RepeatedProbe[], report: RepeatReport): readonly Finding[] =>
  [comesAndGoes(probes, report), orderOf(probes, report), severalMembers(report), losses(report)].filter(
    (found) => found !== null,
  );

const isBad = ({ severity }: RepeatedProbe): boolean => severity !== "ok";

const comesAndGoes = (probes: readonly RepeatedProbe[], report: RepeatReport): Finding | null => {
  const bad = probes.filter(isBad);
  const [first] = bad;
  if (first === undefined || bad.length === probes.length) return null;
  return finding(
    "comes-and-goes",
    bad.some(({ severity }) => severity === "critical") ? "critical" : "warning",
    first.stage,
    `${bad.length} of ${probes.length} probes fail, the others do not: ${verdictCounts(report)}`,
    { failed: bad.length, count: probes.length },
  );
};

const verdictCounts = ({ verdicts }: RepeatReport): string =>
  Object.entries(verdicts)
    .map(([code, count]) => `${code} ${count}`)
    .join(", ");

/** A rule over positions and pauses that tells the bad probes from the good ones. */
type Order = (probes: readonly RepeatedProbe[]) => Finding | null;

/** The first that fits speaks: each next one needs less to fit. */
const orderOf = (probes: readonly RepeatedProbe[], report: RepeatReport): Finding | null => {
  const bad = probes.filter(isBad).length;
  if (bad === 0 || bad === probes.length) return null;
  // With several certificates in sight it is the machine, and not the moment, that decides.
  const rules = report.members.length > 1 ? [] : [byPause, onlyFirst, sinceThen, inTurn];
  for (const rule of rules) {
    const found = rule(probes);
    if (found !== null) return found;
  }
  return null;
};

/** Every probe after one pause is bad and every one after another is good. The first probe had no pause. */
const byPause: Order = (probes) => {
  const waited = probes.flatMap(({ pauseMs, severity }) => (pauseMs === null ? [] : [{ pauseMs, severity }]));
  const good = waited.filter(({ severity }) => severity === "ok").map(({ pauseMs }) => pauseMs);
  const bad = waited.filter(({ severity }) => severity !== "ok").map(({ pauseMs }) => pauseMs);
  if (good.length < 2 || bad.length < 2) return null;
  const [shortestBad, longestBad] = endsOf(bad);
  const [shortestGood, longestGood] = endsOf(good);
  const evidence = { shortestMs: shortestBad, longestMs: longestBad, failed: bad.length };
  if (shortestBad > longestGood) {
    return finding(
      "fails-after-idle-time",
      "warning",
      "tcp",
      `every probe after a pause of ${spanText(shortestBad)} fails, and none after ${spanText(longestGood)} or less: something goes to sleep, or a device on the way forgets what is idle`,
      evidence,
      ["check-front-device"],
    );
  }
  if (longestBad < shortestGood) {
    return finding(
      "fails-under-load",
      "warning",
      "tcp",
      `every probe after a pause of ${spanText(longestBad)} or less fails, and none after ${spanText(shortestGood)}: connections that follow each other closely are cut, by a limit of the server's or a device's`,
      evidence,
      ["check-host-up", "exempt-from-inspection"],
    );
  }
  return null;
};

/** The least and the greatest. */
const endsOf = (values: readonly number[]): readonly [number, number] => [
  least(Number.POSITIVE_INFINITY, values),
  greatest(Number.NEGATIVE_INFINITY, values),
];

const LEAST_AFTER = 2;

const onlyFirst: Order = (probes) => {
  const [first, ...others] = probes;
  if (first === undefined || !isBad(first) || others.length < LEAST_AFTER || others.some(isBad)) return null;
  return finding(
    "fails-at-first",
    "warning",
    first.stage,
    `only the first probe fails, and the ${others.length} after it do not: something had to wake up after an idle time`,
    { failed: 1, count: probes.length },
    ["check-front-device"],
  );
};

/** Good up to a moment and bad ever since. */
const sinceThen: Order = (probes) => {
  const good = probes.findIndex(isBad);
  const bad = probes.slice(good);
  const [first] = bad;
  if (first === undefined || good < LEAST_AFTER || bad.length < LEAST_AFTER || !bad.every(isBad)) return null;
  return finding(
    "fails-under-load",
    "warning",
    first.stage,
    `the first ${good} probes are answered and all ${bad.length} after them fail: a limit on connections from one address, or a device that blocks this machine; a longer --interval tells`,
    { answered: good, failed: bad.length, afterMs: first.atMs },
    ["check-host-up", "exempt-from-inspection"],
  );
};

const LEAST_TURNS = 3;

/** Every second, third or fourth probe and so on, without an exception. */
const inTurn: Order = (probes) => {
  const positions = probes.flatMap((probe, index) => (isBad(probe) ? [index] : []));
  const [from = 0, next] = positions;
  const step = next === undefined ? 0 : next - from;
  const expected = probes.flatMap((_, index) => (step > 1 && (index - from) % step === 0 ? [index] : []));
  const isRegular = expected.length === positions.length && expected.every((at, n) => at === positions[n]);
  if (positions.length < LEAST_TURNS || !isRegular) return null;
  return finding(
    "fails-in-turn",
    "warning",
    probes[from]?.stage ?? "tcp",
    `every ${ordinal(step)} probe fails: a load balancer hands them out in turn, and one of ${step} machines behind it is bad`,
    { every: step, failed: positions.length },
    ["check-front-device"],
  );
};

const severalMembers = ({ members }: RepeatReport): Finding | null => {
  if (members.length < 2) return null;
  const bad = members.filter((member) => member.bad);
  const certificates = members.map(({ certificate }) => certificate).join(", ");
  if (bad.length === 0) {
    return finding(
      "several-machines",
      "info",
      "certificate",
      `${members.length} machines answer behind this address, as their certificates or names tell`,
      { machines: members.length, certificates },
    );
  }
  return finding(
    "farm-member-bad",
    "critical",
    "certificate",
    `${bad.length} of ${members.length} machines behind this address ${bad.length === 1 ? "is" : "are"} bad: ${bad.map(described).join("; ")}`,
    {
      bad: bad.length,
      machines: members.length,
      certificates: bad.map(({ certificate }) => certificate).join(", "),
    },
  );
};

const described = ({ computer, subject, certificate, verdicts, count }: MemberReport): string =>
  `${computer ?? subject ?? "no subject"} (${Object.keys(verdicts).join(", ")} in ${count} ${count === 1 ? "probe" : "probes"}, SHA-256 ${certificate.slice(0, 16)}…)`;

const losses = ({ count, loss }: RepeatReport): Finding | null =>
  loss.repeatedSyns === 0
    ? null
    : finding(
        "packets-lost",
        "warning",
        "tcp",
        `${loss.repeatedSyns} of ${count} connections needed a SYN retransmission: packets are lost on the way`,
        { repeatedSyns: loss.repeatedSyns, count },
        ["check-route"],
      );

const spanText = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);

const SUFFIXES: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd", other: "th" };
const ordinals = new Intl.PluralRules("en-GB", { type: "ordinal" });

const ordinal = (n: number): string => `${n}${SUFFIXES[ordinals.select(n)] ?? "th"}`;
