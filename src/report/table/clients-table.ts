/** The clients that verdicts are computed for, and how each fares at a server, as tables. */
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { tlsVersionName } from "../../tls/tables/versions.ts";
import type { ClientOutcome } from "../../verdict/clients/client-outcomes.ts";
import { borderless } from "./borderless.ts";
import { paletteOf } from "../text/palette.ts";
import { safeText } from "../safe/safe-text.ts";

/** One line a client, with its final newline. */
export const profilesTable = (profiles: readonly ClientProfile[]): string =>
  borderless(
    ["CLIENT", "NAME", "VERSIONS", "KNOWN FROM", "SOURCE"],
    profiles.map((profile) => [
      profile.id,
      profile.name,
      versionRange(profile),
      profile.confidence,
      profile.source.join("; "),
    ]),
  );

/** One line a client, with its final newline; `color` marks the outcomes. */
export const clientsTable = (clients: readonly ClientOutcome[], color: boolean): string => {
  const palette = paletteOf(color);
  return borderless(
    ["CLIENT", "OUTCOME", "TLS", "CIPHER", "BASIS", "WHY"],
    clients.map(({ id, outcome, version, cipher, basis, why }) => [
      id,
      palette.severity(severityOf(outcome), outcome),
      version ?? "-",
      cipher ?? "-",
      basis,
      safeText(why),
    ]),
  );
};

const severityOf = (outcome: ClientOutcome["outcome"]): "ok" | "warning" | "critical" => {
  if (outcome === "connects") return "ok";
  return outcome === "unknown" ? "warning" : "critical";
};

const versionRange = ({ minVersion, maxVersion }: ClientProfile): string => {
  const [oldest, newest] = [minVersion, maxVersion].map((code) => tlsVersionName(code) ?? "?");
  return oldest === newest ? `${oldest}` : `${oldest}-${newest}`;
};
