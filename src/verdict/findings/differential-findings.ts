/** What the other hellos to a server that did not take the first one show beside the verdict's cause. */
import type { Differential } from "../../handshake/plan/differential-plan.ts";
import { helloOutcome } from "../../handshake/facts/hello-outcome.ts";
import { HEADER_BYTES, pathSize } from "../../handshake/plan/path-size-plan.ts";
import type { Finding } from "../result/result.ts";

export const differentialFindings = (differential: Differential): readonly Finding[] => [
  ...nameFinding(differential),
  ...sizeFinding(differential),
];

const nameFinding = (differential: Differential): readonly Finding[] => {
  const nameless = differential.get("without-name");
  if (nameless === undefined || helloOutcome(nameless) !== "answered") return [];
  return [
    {
      code: "works-by-address-fails-by-name",
      severity: "warning",
      stage: "tls",
      summary: "works by address, fails by name: the same ClientHello is answered without the server's name",
      evidence: { withoutName: "answered" },
      remedies: ["check-front-device"],
    },
  ];
};

const sizeFinding = (differential: Differential): readonly Finding[] => {
  const size = pathSize(differential);
  if (size === null) return [];
  const { arrivedBytes, lostBytes } = size;
  const evidence = { arrivedBytes, lostBytes, headerBytes: HEADER_BYTES };
  const finding = { stage: "tls", evidence, remedies: ["check-path-mtu"] } as const;
  if (lostBytes === null) {
    const summary = `hellos of up to ${packet(arrivedBytes ?? 0)} reach the server: it is on the way back that its answer is lost`;
    return [{ ...finding, code: "path-size-to-server", severity: "info", summary }];
  }
  const passes = arrivedBytes === null ? "a short hello" : `a hello of ${packet(arrivedBytes)}`;
  const summary = `${passes} reaches the server, and one of ${packet(lostBytes)} does not: a link on the way carries less than both ends believe`;
  return [{ ...finding, code: "path-mtu", severity: "warning", summary }];
};

const packet = (segmentBytes: number): string =>
  `${segmentBytes} bytes (an IPv4 packet of ${segmentBytes + HEADER_BYTES})`;
