/** Where a result is of, as people write it. */
import type { Result } from "../verdict/result/result.ts";
import { safeText } from "./safe/safe-text.ts";

/** `host:port`, an IPv6 address in brackets. */
export const placeOf = ({ target }: Pick<Result, "target">): string => {
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  return `${safeText(host)}:${target.port}`;
};
