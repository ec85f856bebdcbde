/** A command line that cannot be carried out; the message is one line that says what would be right. */
import type { Parsed } from "../../targets/plan/parsed.ts";

export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * The value of an argument.
 * @throws UsageError that names the argument.
 */
export const accepted = <T>(argument: string, result: Parsed<T>): T => {
  if (result.ok) return result.value;
  throw new UsageError(`${argument}: ${result.problem}`);
};
