/** `--resolve` and `--proxy`: by which way the targets are reached. */
import type { Command } from "commander";
import type { TargetOptions } from "../../scan/one/probe-target.ts";
import { parseProxy } from "../../targets/grammar/proxy-address.ts";
import { parseResolveOverride } from "../../targets/grammar/resolve-override.ts";
import { accepted } from "../words/usage-error.ts";

export interface WayFlags {
  readonly resolve?: readonly string[];
  readonly proxy?: string;
}

export const addWayOptions = (command: Command): Command =>
  command
    .optionsGroup("Network path:")
    .option(
      "--resolve <host:address>",
      "use this address for the name: host:192.0.2.7 or host:3389:[2001:db8::7]; repeatable, and then all of them",
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option(
      "--proxy <url>",
      "SOCKS 5 proxy: socks5://[user:password@]host[:port]; names are resolved on this machine",
    );

/** @throws UsageError for flags that cannot be carried out. */
export const wayOf = ({ resolve = [], proxy }: WayFlags): Pick<TargetOptions, "overrides" | "proxy"> => ({
  overrides: resolve.map((text) => accepted("--resolve", parseResolveOverride(text))),
  ...(proxy === undefined ? {} : { proxy: accepted("--proxy", parseProxy(proxy)) }),
});
