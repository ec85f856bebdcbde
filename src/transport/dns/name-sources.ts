/** Where a name's addresses come from: the hosts file, and what DNS says beside the system's resolver. */
import { Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { addressesInHostsFile } from "../../targets/grammar/hosts-file.ts";
import type { NameSources } from "../../verdict/result/resolution.ts";
import { errorCode } from "../error-code.ts";

/** Longer chains of aliases are a loop. */
const MAX_ALIASES = 8;

/** Answers that say there is no such record, as against no answer. */
const NO_RECORD: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

/**
 * Asks for A, AAAA and CNAME, and reads the hosts file.
 * @param timeoutMs for each question; none is asked again.
 * @param servers `address:port` of DNS servers, in place of the system's.
 */
export const nameSources = async (
  name: string,
  timeoutMs: number,
  servers: readonly string[] | null = null,
): Promise<NameSources> => {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  if (servers !== null) resolver.setServers(servers);
  const [hosts, v4, v6, aliases] = await Promise.all([
    readFile(HOSTS_FILE, "utf8").then(
      (text) => addressesInHostsFile(text, name),
      () => [],
    ),
    records(resolver.resolve4(name)),
    records(resolver.resolve6(name)),
    aliasesOf(resolver, name),
  ]);
  return { hosts, dns: v4 === null && v6 === null ? null : [...(v4 ?? []), ...(v6 ?? [])], aliases };
};

/** Whether the hosts file has the name; read once in a while. */
export const inHostsFile = async (name: string): Promise<boolean> => {
  const nowMs = performance.now();
  if (nowMs - readAtMs > HOSTS_FILE_MS) {
    readAtMs = nowMs;
    hostsText = readFile(HOSTS_FILE, "utf8").catch(() => "");
  }
  return addressesInHostsFile(await hostsText, name).length > 0;
};

const HOSTS_FILE_MS = 10_000;
let readAtMs = Number.NEGATIVE_INFINITY;
let hostsText: Promise<string> = Promise.resolve("");

const HOSTS_FILE =
  process.platform === "win32"
    ? join(process.env["SystemRoot"] ?? "C:\\Windows", "System32", "drivers", "etc", "hosts")
    : "/etc/hosts";

/** Null where no server answered. */
const records = async (question: Promise<readonly string[]>): Promise<readonly string[] | null> => {
  try {
    return await question;
  } catch (error) {
    return NO_RECORD.has(errorCode(error) ?? "") ? [] : null;
  }
};

const aliasesOf = async (resolver: Resolver, name: string): Promise<readonly string[]> => {
  const aliases: string[] = [];
  for (let next: string | undefined = name; next !== undefined && aliases.length < MAX_ALIASES; ) {
    [next] = (await records(resolver.resolveCname(next))) ?? [];
    if (next !== undefined) aliases.push(next);
  }
  return aliases;
};
