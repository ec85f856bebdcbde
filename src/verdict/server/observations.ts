/**
 * What tells one RDP server program from another, as a table: each row is one observation on one connection, and
 * names the program that alone is known to answer so. What two programs answer alike is in no row.
 */
import { PROTOCOL } from "../../x224/protocols.ts";
import { WINDOWS_SOURCE_REFERENCE } from "./server-hints.ts";
import { FREERDP_OBSERVATIONS } from "./freerdp-observations.ts";
import { type Answer, FLAG, hasReference, type Observation, responseOf } from "./observation.ts";

const hasWindowsReference = hasReference(WINDOWS_SOURCE_REFERENCE);

/** Flags of xrdp 0.9; Windows 7 and Server 2008 R2 send the same. */
const hasOneFlag = (answer: Answer): boolean =>
  hasWindowsReference(answer) && responseOf(answer)?.flags === FLAG.extendedClientData;

const asked = (answer: Answer, protocol: number): boolean => ((answer.requested ?? 0) & protocol) !== 0;

const XRDP = "xrdp 0.9.21, measured in 30 configurations";

const VMCONNECT_PORT = 2179;

/** Failures that only a server with CredSSP or Entra, or one that refuses TLS, has: xrdp has none of them. */
const WINDOWS_FAILURES: ReadonlySet<number> = new Set([2, 5, 6, 7]);

export const OBSERVATIONS: readonly Observation[] = [
  {
    implementation: "windows",
    what: "the Connection Confirm has the source reference 0x1234 and a flag of Restricted Admin or Remote Credential Guard",
    source: "captures of Server 2022; [MS-RDPBCGR] 2.2.1.2.1; xrdp has neither",
    seen: (answer) =>
      hasWindowsReference(answer) &&
      ((responseOf(answer)?.flags ?? 0) & (FLAG.restrictedAdmin | FLAG.redirectedAuthentication)) !== 0,
  },
  {
    implementation: "windows",
    what: "source reference 0x1234 and CredSSP selected",
    source: "captures of Server 2008 R2 and 2022; no release of xrdp selects CredSSP",
    seen: (answer) =>
      hasWindowsReference(answer) &&
      ((responseOf(answer)?.selectedProtocol ?? 0) & (PROTOCOL.hybrid | PROTOCOL.hybridEx)) !== 0,
  },
  {
    implementation: "windows",
    what: "source reference 0x1234 and a failure code that xrdp has not",
    source: "captures of Server 2003 and 2022; xrdp sends failures 1 and 3 alone",
    seen: ({ confirm }) =>
      confirm.sourceReference === WINDOWS_SOURCE_REFERENCE &&
      confirm.negotiation?.type === "failure" &&
      WINDOWS_FAILURES.has(confirm.negotiation.failureCode),
  },
  {
    implementation: "windows",
    what: "source reference 0x1234, negotiation data without any flag",
    source: "captures of Server 2003 and XP; xrdp always sends one flag",
    seen: (answer) => hasWindowsReference(answer) && responseOf(answer)?.flags === 0,
  },
  {
    implementation: "windows",
    what: "source reference 0x1234, and no negotiation data although the request had some",
    source: "[MS-RDPBCGR] 3.2.5.3.2; XP SP3 and 2003; xrdp answers in kind",
    seen: (answer) =>
      hasWindowsReference(answer) && answer.confirm.negotiation === null && answer.requested !== null,
  },
  {
    implementation: "xrdp",
    what: "source reference 0x1234, one flag, and TLS selected although CredSSP was offered",
    source: `${XRDP}; a Windows with that flag alone (7, 2008 R2) selects CredSSP`,
    seen: (answer) =>
      hasOneFlag(answer) &&
      responseOf(answer)?.selectedProtocol === PROTOCOL.ssl &&
      asked(answer, PROTOCOL.hybrid),
  },
  {
    implementation: "xrdp",
    what: "source reference 0x1234, one flag, and Standard RDP Security selected although something better was asked for",
    source: `${XRDP}; Windows answers with failure 2`,
    seen: (answer) =>
      hasOneFlag(answer) &&
      responseOf(answer)?.selectedProtocol === PROTOCOL.rdp &&
      (answer.requested ?? 0) !== 0,
  },
  {
    implementation: "xrdp",
    what: "source reference 0x1234, one flag, and TLS 1.3 or x25519",
    source: `${XRDP}; a Windows with that flag alone has neither`,
    seen: (answer) =>
      hasOneFlag(answer) &&
      (answer.facts.tls?.version?.name === "1.3" || answer.facts.tls?.group === "x25519"),
  },
  ...FREERDP_OBSERVATIONS,
  {
    implementation: "hyper-v",
    what: "a Connection Confirm with the source reference 0x1234 at port 2179",
    source: "Microsoft: VMConnect's port; [MS-RDPEPS]; no capture is known",
    seen: (answer) => answer.port === VMCONNECT_PORT && hasWindowsReference(answer),
  },
  {
    implementation: "virtualbox",
    what: "the Connection Confirm has the source reference 0x3412",
    source: "nmap-service-probes; not measured here",
    seen: hasReference(0x3412),
  },
];
