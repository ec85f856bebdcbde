/** The targets that a command line names. */
import type { HostTarget } from "../scan/probe-target.ts";
import { parsePorts } from "../targets/port.ts";
import { parseTarget } from "../targets/target.ts";
import type { ProbeFlags } from "./probe-flags.ts";
import { familyOf } from "./probe-settings.ts";
import { accepted, UsageError } from "./usage-error.ts";

/** Each host and port once. */
export const targetsOf = (inputs: readonly string[], flags: ProbeFlags): readonly HostTarget[] => {
  const ports = accepted("-p, --port", parsePorts(flags.port));
  const family = familyOf(flags);
  const seen = new Map<string, HostTarget>();
  for (const input of inputs) {
    const target = accepted("<target>", parseTarget(input));
    if (family !== 0 && target.family !== null && target.family !== family) {
      throw new UsageError(
        `<target>: ${JSON.stringify(input)} is an IPv${target.family} address, and -${family} asks for IPv${family}`,
      );
    }
    for (const port of target.port === null ? ports : [target.port]) {
      const key = `${target.host.toLowerCase()} ${port}`;
      if (!seen.has(key)) seen.set(key, { input, host: target.host, family: target.family, port });
    }
  }
  return [...seen.values()];
};
