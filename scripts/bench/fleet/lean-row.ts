/** What a simulated probe gives: a real result of the lab, said of whatever target is asked for. */
import { settingsOfWords } from "../../../src/cli/fleet/scan-words.ts";
import { startLab } from "../../../src/lab/lab.ts";
import type { AddressTarget } from "../../../src/scan/one/probe-options.ts";
import { scanAll } from "../../../src/scan/scan-all.ts";
import { DEFAULT_CLIENT_ID } from "../../../src/tls/profiles/client-profiles.ts";
import type { Result } from "../../../src/verdict/result/result.ts";

const settings = settingsOfWords(
  {
    ...{ depth: "quick", client: DEFAULT_CLIENT_ID, timeout: "5s", pause: "0", retries: "0" },
    ...{ expiryWarning: "30", expiryCritical: "14" },
  },
  { concurrency: "256", ratePerSecond: null },
);
if (settings === null) throw new TypeError("settings: they are not taken");

const lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: ["nla-required"] });
const [listener] = lab.listeners;
const target = { input: "lab", host: "127.0.0.1", family: 4, port: listener?.port ?? 0 } as const;
const [template] = await scanAll([target], {
  ...settings,
  adaptive: false,
  signal: new AbortController().signal,
});
await lab.close();
if (template === undefined) throw new TypeError("lab: it gave no result");

export const leanRow = {
  settings,
  of: ({ input, host, endpoint }: AddressTarget): Result => ({
    ...template,
    target: { input, host, address: endpoint.address, port: endpoint.port, family: endpoint.family },
  }),
};
