/** What a remedy is, and how its commands get the name of the server that was probed. */

export interface Remedy {
  readonly id: string;
  readonly title: string;
  /** Whose machine or console the commands are for. */
  readonly where: "server" | "client" | "network" | "azure";
  readonly risk: "low" | "medium" | "high";
  /** What the commands are written for; a command that runs in both stands under PowerShell. */
  readonly shell: "powershell" | "cmd" | "bash";
  readonly steps: readonly string[];
  /** One a line, to be pasted into an elevated shell, in bash into a user's own with sudo; those that only read come first. */
  readonly commands: readonly string[];
  readonly undo: string;
  /** Event ids or observations on the server that would confirm the cause. */
  readonly confirm: readonly string[];
}

/** A server as commands name it. */
export interface CommandTarget {
  readonly host: string;
  readonly port: number;
}

/** What stands in documents, where no server was probed. */
export const EXAMPLE_TARGET: CommandTarget = { host: "server01", port: 3389 };

/** Whatever else a capture or a user may call a host has no place in a line that is to be pasted. */
const PLAIN_HOST = /^[A-Za-z0-9._:-]{1,255}$/;
const UNSAFE_HOST = "SERVER";

/** The commands and steps with `{host}`, `{port}` and `{endpoint}` filled in. */
export const remedyFor = (remedy: Remedy, { host, port }: CommandTarget): Remedy => {
  const name = PLAIN_HOST.test(host) && !host.startsWith("-") ? host : UNSAFE_HOST;
  const values = { host: name, port: String(port), endpoint: `${bracketed(name)}:${port}` } as const;
  const filled = (text: string): string =>
    text
      .replaceAll("{host}", () => values.host)
      .replaceAll("{port}", () => values.port)
      .replaceAll("{endpoint}", () => values.endpoint);
  return { ...remedy, steps: remedy.steps.map(filled), commands: remedy.commands.map(filled) };
};

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);

export const NOTHING_TO_UNDO = "nothing: it only reads";

/** Where the listener's settings are. */
const CONTROL = "SYSTEM\\CurrentControlSet\\Control";
export const TERMINAL_SERVER = `HKLM:\\${CONTROL}\\Terminal Server`;
export const RDP_TCP = `${TERMINAL_SERVER}\\WinStations\\RDP-Tcp`;
/** The same as reg.exe writes it. */
export const RDP_TCP_KEY = `HKLM\\${CONTROL}\\Terminal Server\\WinStations\\RDP-Tcp`;
export const SCHANNEL_KEY = `HKLM\\${CONTROL}\\SecurityProviders\\SCHANNEL`;
