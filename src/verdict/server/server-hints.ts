/**
 * What a Connection Confirm hints at of the program that wrote it. A hint and no more: one library serves
 * several programs, and anybody may write the same bytes.
 */
import type { ConnectionConfirm } from "../../x224/connection-confirm.ts";

/** Programs that are told apart by their Connection Confirm (facts 1.3, 1.5). */
export type ServerHint = "windows" | "xrdp" | "freerdp" | "gnome-remote-desktop" | "virtualbox";

interface Fingerprint {
  readonly server: ServerHint;
  readonly sourceReference: number;
  /** Whether negotiation data follows; absent: either. */
  readonly negotiates?: boolean;
  /** Codes of the failure; absent: any answer. */
  readonly failureCodes?: readonly number[];
  /** Flags of the response; absent: any. */
  readonly flags?: readonly number[];
  readonly selectedProtocol?: number;
}

/** What Windows sends ([MS-RDPBCGR] 4.1.2); who sends another one is something else. */
export const WINDOWS_SOURCE_REFERENCE = 0x1234;

const FINGERPRINTS: readonly Fingerprint[] = [
  { server: "windows", sourceReference: WINDOWS_SOURCE_REFERENCE },
  // Since 0.9; it knows no flag but EXTENDED_CLIENT_DATA_SUPPORTED.
  { server: "xrdp", sourceReference: WINDOWS_SOURCE_REFERENCE, flags: [0x01] },
  // TLS required, and no certificate: the failures that it writes (libxrdp, xrdp_iso.c).
  {
    server: "xrdp",
    sourceReference: WINDOWS_SOURCE_REFERENCE,
    failureCodes: [1, 3],
  },
  { server: "xrdp", sourceReference: 0x0000, negotiates: false },
  { server: "virtualbox", sourceReference: 0x3412 },
  // The library, whoever serves with it.
  { server: "freerdp", sourceReference: 0x0000, negotiates: true },
  {
    server: "gnome-remote-desktop",
    sourceReference: 0x0000,
    flags: [0x03],
    selectedProtocol: 0x02,
  },
];

/** Every program that is known to write such a confirm; none where no row fits. */
export const serverHints = (confirm: ConnectionConfirm): readonly ServerHint[] =>
  FINGERPRINTS.filter((row) => fits(row, confirm)).map(({ server }) => server);

const fits = (row: Fingerprint, { sourceReference, negotiation }: ConnectionConfirm): boolean => {
  if (row.sourceReference !== sourceReference) return false;
  if (row.negotiates !== undefined && row.negotiates !== (negotiation !== null)) return false;
  const response = negotiation?.type === "response" ? negotiation : null;
  const failure = negotiation?.type === "failure" ? negotiation : null;
  return (
    (row.failureCodes === undefined ||
      (failure !== null && row.failureCodes.includes(failure.failureCode))) &&
    (row.flags === undefined || (response !== null && row.flags.includes(response.flags))) &&
    (row.selectedProtocol === undefined || row.selectedProtocol === response?.selectedProtocol)
  );
};
