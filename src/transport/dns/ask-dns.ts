/** Whether DNS says anything of a name, asked beside the system's resolver and without a thread of it. */
import { Resolver } from "node:dns/promises";
import { errorCode } from "../error-code.ts";
import { inHostsFile } from "./name-sources.ts";
import type { DnsWord } from "./resolver.ts";

/** So long a question is left to itself where nobody waits for its answer any more. */
const QUESTION_MS = 5000;

/** No answer, or one after which resolvers go on to the next server. */
const SILENCE: ReadonlySet<string> = new Set(["ETIMEOUT", "ESERVFAIL"]);

/** No such name, no such record: answers all the same. */
const NOTHING: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

let resolver: Resolver | null = null;

/** A name that may be found elsewhere than in DNS (search lists, mDNS, NetBIOS) is unknown. */
export const askDns = async (name: string, family: 0 | 4 | 6, timeoutMs: number): Promise<DnsWord> => {
  if (!name.replace(/\.$/, "").includes(".") || /\.local\.?$/i.test(name)) return "unknown";
  if (await inHostsFile(name)) return "answers";
  resolver ??= new Resolver({ timeout: QUESTION_MS, tries: 1 });
  const question = family === 6 ? resolver.resolve6(name) : resolver.resolve4(name);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DnsWord>((resolve) => {
    timer = setTimeout(() => resolve("silent"), timeoutMs);
  });
  try {
    return await Promise.race([question.then((): DnsWord => "answers", wordOf), late]);
  } finally {
    clearTimeout(timer);
  }
};

const wordOf = (error: unknown): DnsWord => {
  const code = errorCode(error) ?? "";
  if (NOTHING.has(code)) return "answers";
  return SILENCE.has(code) ? "silent" : "unknown";
};
