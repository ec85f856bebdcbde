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
  /** Default: by the shell and the place (platformOf). */
  readonly platform?: RemedyPlatform;
  /** Whoever does it over RDP loses the connection; default: by the commands. */
  readonly cutsYourSession?: boolean;
  /** Others are disconnected; their sessions stay. Default: by the commands. */
  readonly disconnectsUsers?: boolean;
  /** Counts only after the machine's restart. */
  readonly needsRestart?: boolean;
}

/** A table whose ids the types know; its texts they do not, so that declarations do not repeat them. */
export const remedyTable = <const Id extends string>(
  rows: readonly (Remedy & { readonly id: Id })[],
): readonly (Remedy & { readonly id: Id })[] => rows;

export type RemedyPlatform = "windows" | "xrdp" | "freerdp" | "gnome-remote-desktop" | "weston" | "any";

/** A remedy as a result has it: every field told, and the commands apart by what they do. */
export interface ToldRemedy extends Required<Remedy> {
  /** Of `commands`, those that only look, up to the first that changes something. */
  readonly check: readonly string[];
  /** The others. */
  readonly fix: readonly string[];
}

/** What its commands cost, as parts of a line: lower case, no full stop; none where they cost nothing. */
export const effectsOf = (remedy: Omit<ToldRemedy, "check" | "fix">): readonly string[] => [
  ...(remedy.disconnectsUsers ? ["disconnects users"] : []),
  ...(remedy.cutsYourSession ? ["cuts your own RDP session"] : []),
  ...(remedy.needsRestart ? ["needs a restart of the server"] : []),
  ...(needsPowerShell3(remedy) ? [POWERSHELL_3] : []),
];

/** The oldest Windows that has all of a remedy's commands, where that is not every one. */
const POWERSHELL_3 = "for Windows 8, Server 2012 and newer";

/** Cmdlets and forms that the PowerShell 2 of Windows 7 and Server 2008 R2 has not. */
const NEWER = /\b(?:Get|Set|Enable|Disable|Test|Find|Resolve)-(?:Cim|Net|Tls|Dns)[A-Z]|Where-Object [A-Z]/;

export const needsPowerShell3 = ({ shell, commands }: Pick<Remedy, "shell" | "commands">): boolean =>
  shell === "powershell" && commands.some((command) => NEWER.test(command));

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
export const remedyFor = (remedy: Remedy, target: CommandTarget): ToldRemedy => {
  const filled = (text: string): string => filledFor(text, target);
  const commands = remedy.commands.map(filled);
  const restarts = commands.some((command) => RESTARTS.test(command));
  const firstChange = remedy.undo === NOTHING_TO_UNDO ? -1 : commands.findIndex(isChange);
  const checks = firstChange < 0 ? commands.length : firstChange;
  return {
    ...remedy,
    steps: remedy.steps.map(filled),
    undo: filled(remedy.undo),
    commands,
    check: commands.slice(0, checks),
    fix: commands.slice(checks),
    platform: platformOf(remedy),
    cutsYourSession: remedy.cutsYourSession ?? restarts,
    disconnectsUsers: remedy.disconnectsUsers ?? restarts,
    needsRestart: remedy.needsRestart ?? false,
  };
};

/** A text with `{host}`, `{port}` and `{endpoint}` filled in. */
export const filledFor = (text: string, { host, port }: CommandTarget): string => {
  const name = PLAIN_HOST.test(host) && !host.startsWith("-") ? host : UNSAFE_HOST;
  return text
    .replaceAll("{host}", () => name)
    .replaceAll("{port}", () => String(port))
    .replaceAll("{endpoint}", () => `${bracketed(name)}:${port}`);
};

/** What stops the service or the machine that carries the sessions. */
const RESTARTS =
  /Restart-Service TermService|Stop-Service TermService|Restart-Computer|systemctl restart xrdp/;

/** What only reads, by its first word; everything else is taken for a change. */
const READS =
  /^(?:sudo (?:-u \w+ )?)?(?:Get-|Test-|Resolve-|Find-|Show-|qwinsta|netstat|certutil -store|reg query|w32tm \/query|nltest|ping|tracert|grep|openssl (?:x509 -noout|pkey -pubout|ciphers)|namei|test |ls |rdprobe|klist|\(Get-|\$\w+ = |tail |journalctl|ss |ps |systemctl status|grdctl status|nft list)/;
const WRITES = /Remove-Item|Rename-Item|Set-|Disable-|Enable-|takeown|icacls \S+ \/(?:grant|save)|Restart-/;

const isChange = (command: string): boolean => !READS.test(command) || WRITES.test(command);

/** Which servers a remedy is for. */
export const platformOf = ({ platform, shell, where }: Remedy): RemedyPlatform => {
  if (platform !== undefined) return platform;
  if (shell === "bash") return "xrdp";
  return where === "server" || where === "azure" ? "windows" : "any";
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

/** Whether an undo is a command, which is to be copied as it is, and no sentence. */
export const isUndoCommand = (undo: string): boolean =>
  /^(?:[A-Z][a-z]+-[A-Z]\w+|icacls|reg|sudo) /.test(undo);
