/** What in an .rdp file makes its connection fail at the server that was probed: findings, by the note's code. */
import type { Finding, Result } from "../result/result.ts";
import { withFindings } from "./with-findings.ts";

/** A setting of the file that is worth a word (targets/rdp-file.ts). */
export interface FileNote {
  readonly code: string;
  readonly setting: string;
  readonly value: string | null;
}

type Told = Pick<Finding, "severity" | "stage" | "summary">;

/** What a note comes to at this result. */
type Rule = (result: Result, note: FileNote) => Told;

/**
 * The result as one of that file.
 * @param source the file as the user named it.
 */
export const withFileFindings = (result: Result, source: string, notes: readonly FileNote[]): Result =>
  withFindings(
    result,
    notes.flatMap((note) => {
      const told = RULES[note.code]?.(result, note);
      if (told === undefined) return [];
      const evidence = { file: source, setting: note.setting, value: note.value };
      return [{ code: note.code, ...told, evidence, remedies: [] }];
    }),
  );

const info = (stage: Finding["stage"], summary: string): Told => ({ severity: "info", stage, summary });
const warning = (stage: Finding["stage"], summary: string): Told => ({ severity: "warning", stage, summary });
const critical = (stage: Finding["stage"], summary: string): Told => ({
  severity: "critical",
  stage,
  summary,
});

const RULES: Readonly<Partial<Record<string, Rule>>> = {
  "rdp-file-value-invalid": (_result, { setting }) =>
    warning("dns", `the .rdp file's ${setting} has a value that mstsc does not read: it takes its default`),
  "rdp-file-setting-twice": (_result, { setting }) =>
    warning("dns", `the .rdp file has ${setting} twice, with different values`),
  "rdp-file-alternate-address": () =>
    warning("dns", "the .rdp file's alternate full address is another computer: the full address was probed"),
  "rdp-file-port-differs": () =>
    info("tcp", "the .rdp file's server port differs from the full address, whose port was probed"),
  "rdp-file-signature-incomplete": () =>
    warning("dns", "the .rdp file is signed, but has no signscope: mstsc takes it for changed"),
  "rdp-file-token-not-sent": () =>
    warning("negotiation", "the .rdp file's loadbalanceinfo does not fit a request, and was not sent"),
  "rdp-file-gateway": () =>
    info(
      "tcp",
      "the .rdp file goes through an RD Gateway: what lies behind the gateway is not known from here",
    ),
  "rdp-file-gateway-missing": (_result, { value }) =>
    value === null
      ? critical("dns", "the .rdp file demands an RD Gateway and names none")
      : critical("dns", "the .rdp file's gatewayhostname is no host name"),
  "rdp-file-nla-off": ({ security }) => {
    if (security.nla === "required")
      return critical(
        "negotiation",
        "the .rdp file does not offer NLA, which the server requires: set enablecredsspsupport:i:1",
      );
    return security.nla === "unknown"
      ? warning("negotiation", "the .rdp file does not offer NLA: a server that requires it refuses the file")
      : info("negotiation", "the .rdp file does not offer NLA, and the server does not require it");
  },
  "rdp-file-negotiation-off": ({ security }) =>
    security.nla === "unsupported"
      ? critical(
          "negotiation",
          "the .rdp file begins with NLA without negotiating, and the server has no NLA: set negotiate security layer:i:1",
        )
      : warning("negotiation", "the .rdp file begins with NLA without negotiating, which was not probed"),
  "rdp-file-authentication-strict": ({ certificate }) => {
    const why = distrust(certificate);
    return why === null
      ? info(
          "certificate",
          "the .rdp file connects only where the certificate is trusted, which is not verified here",
        )
      : critical("certificate", `the .rdp file connects only where the certificate is trusted: ${why}`);
  },
  "rdp-file-entra": ({ target, security }) => {
    if (target.host === target.address)
      return critical(
        "dns",
        "the .rdp file signs in by Entra ID, which needs the host's name and not its address",
      );
    return security.rdsaad === "refused"
      ? critical("negotiation", "the .rdp file signs in by Entra ID, which the server refuses")
      : warning("negotiation", "the .rdp file signs in by Entra ID: the server has to be joined to it");
  },
  "rdp-file-kdc-proxy": () =>
    info("credssp", "the .rdp file's Kerberos goes through a KDC proxy, which was not probed"),
  "rdp-file-redirection-name": () =>
    info("certificate", "the .rdp file has a redirected session checked against the name of the redirection"),
};

/** Why a client cannot trust a certificate, as far as that is seen without a store of roots; null where nothing is. */
const distrust = (certificate: Result["certificate"]): string | null => {
  if (certificate === null) return null;
  if (certificate.selfSigned === true) return "this one is self-signed";
  if (certificate.daysLeft !== null && certificate.daysLeft < 0) return "this one has expired";
  return certificate.matchesTarget === false ? "this one has another name" : null;
};
