/** `--resolve` and `--proxy`: by which way the targets are reached. */
import type { Command } from "commander";
import type { TargetOptions } from "../scan/probe-target.ts";
import { parseProxy } from "../targets/proxy-address.ts";
import { parseResolveOverride } from "../targets/resolve-override.ts";
import { accepted } from "./usage-error.ts";

export interface WayFlags {
  readonly resolve?: readonly string[];
  readonly proxy?: string;
}

export const addWayOptions = (command: Command): Command =>
  command
    .optionsGroup("By which way:")
    .option(
      "--resolve <host:address>",
      "take this address for the name, as host:192.0.2.7 or host:3389:[2001:db8::7]; may be given again",
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option(
      "--proxy <url>",
      "through a SOCKS 5 proxy, socks5://[user:password@]host[:port]; names are looked up here",
    );

/** @throws UsageError for flags that cannot be carried out. */
export const wayOf = ({ resolve = [], proxy }: WayFlags): Pick<TargetOptions, "overrides" | "proxy"> => ({
  overrides: resolve.map((text) => accepted("--resolve", parseResolveOverride(text))),
  ...(proxy === undefined ? {} : { proxy: accepted("--proxy", parseProxy(proxy)) }),
});
