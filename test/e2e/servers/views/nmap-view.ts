/** What nmap's RDP scripts say of a server. */
import { type Availability, commandsAvailable } from "../../../support/availability.ts";
import { runProcess } from "../programs/processes.ts";

export const nmapAvailable = (): Availability => commandsAvailable("nmap");

interface Server {
  readonly host: string;
  readonly port: number;
}

/** The lines of a script's output, without nmap's frame; empty where the script failed. */
const scriptLines = async ({ host, port }: Server, script: string): Promise<readonly string[]> => {
  // The plus sign: also on another port than 3389.
  const args = ["-Pn", "-n", "-p", String(port), "--script", `+${script}`, host];
  const { stdout } = await runProcess("nmap", args, { timeoutMs: 60_000 });
  const lines = stdout.split("\n").filter((line) => line.startsWith("|"));
  return lines.map((line) => line.replace(/^\|[_ ]*/, "").trim());
};

export interface NmapEncryption {
  /** Layers that it calls SUCCESS, by nmap's own names. */
  readonly layers: readonly string[];
  readonly methods: readonly string[];
  readonly level: string | null;
}

/** `rdp-enum-encryption`; null where the script fails, as it does on two TPDUs in one segment. */
export const nmapEncryption = async (server: Server): Promise<NmapEncryption | null> => {
  const lines = await scriptLines(server, "rdp-enum-encryption");
  if (!lines.includes("Security layer")) return null;
  const successes = lines.flatMap((line) => /^(.*): SUCCESS$/.exec(line)?.[1] ?? []);
  const isMethod = (name: string): boolean => / RC4$|^FIPS/.test(name);
  return {
    layers: successes.filter((name) => !isMethod(name)),
    methods: successes.filter(isMethod),
    level: lines.flatMap((line) => /^RDP Encryption level: (.*)$/.exec(line)?.[1] ?? [])[0] ?? null,
  };
};

/** `rdp-ntlm-info`, by nmap's own names. */
export const nmapNtlm = async (server: Server): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    (await scriptLines(server, "rdp-ntlm-info")).flatMap((line) => {
      const [, name, value] = /^(\w+): (.+)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
