/** What a code means: one meaning for each table that has it. */

export const MEANING_KINDS = {
  disconnect: "mstsc disconnect reason",
  extended: "mstsc extended disconnect reason",
  errinfo: "error information of the server (Set Error Info PDU)",
  failure: "RDP negotiation failure",
  alert: "TLS alert",
  event: "Windows event",
  ntstatus: "NTSTATUS or SECURITY_STATUS",
  hresult: "HRESULT",
  win32: "Win32 or Winsock error",
  gateway: "RD Gateway, as mstsc reports it",
  guacamole: "status of Guacamole",
  freerdp: "error of a FreeRDP client (xfreerdp, Remmina)",
  nagios: "state of a monitoring plugin",
  verdict: "verdict of rdprobe",
  finding: "finding of rdprobe",
  cause: "cause",
  remedy: "remedy",
  beyond: "what the handshake does not show",
  advice: "advice that is refused",
} as const;

/** Also the prefix that picks one of several: `alert 40`. */
export type MeaningKind = keyof typeof MEANING_KINDS;

export interface Meaning {
  readonly kind: MeaningKind;
  /** As it is written: `0x904`, `36874`, `reset`. */
  readonly code: string;
  /** Null for what is no number. */
  readonly decimal: number | null;
  readonly name: string;
  readonly what: string;
  /** In which stage of a connection it arises, in words. */
  readonly stage: string;
  /** `documented`: `source` says so itself; `reported`: others say so; `inferred`: it follows, and nobody says it. */
  readonly basis: "documented" | "reported" | "inferred";
  readonly source: string;
  /** What is only said of it, and how far that can be trusted; null where nothing is. */
  readonly said: string | null;
  /** For a cause: what makes it likely or speaks against it. */
  readonly signs: readonly string[];
  /** In order, the likeliest first. */
  readonly causes: readonly { readonly code: string; readonly title: string }[];
  readonly remedies: readonly { readonly id: string; readonly title: string }[];
  /** For the remedy itself. */
  readonly steps: readonly string[];
  readonly commands: readonly string[];
  /** Of the commands, those that change something: the last ones. */
  readonly fix: readonly string[];
  /** How the remedy is taken back, a command or a sentence; null for what is no remedy. */
  readonly undo: string | null;
  /** What rdprobe tells more with. */
  readonly next: readonly string[];
}

/** What a code is found by; its meaning is made when it is asked for. */
export interface Entry extends Pick<Meaning, "kind" | "code" | "decimal" | "name"> {
  readonly tell: () => Meaning;
}

type Told = Pick<Meaning, "what" | "stage" | "basis" | "source"> & Partial<Meaning>;

/** An entry from what a table says of it; what it does not say is empty. */
export const entry = (
  kind: MeaningKind,
  code: string,
  decimal: number | null,
  name: string,
  told: () => Told,
): Entry => ({
  kind,
  code,
  decimal,
  name,
  tell: () => ({
    said: null,
    signs: [],
    causes: [],
    remedies: [],
    steps: [],
    commands: [],
    fix: [],
    undo: null,
    next: [PROBE],
    ...told(),
    kind,
    code,
    decimal,
    name,
  }),
});

/** The command that tells most of a server. */
export const PROBE = "rdprobe server01";
