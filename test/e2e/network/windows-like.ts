/**
 * A healthy server as Windows Server 2019 is, for a network namespace: NLA required, TLS 1.2, CredSSP up to
 * the challenge. Takes the address and port to listen on, and `chain` for three certificates in place of one; prints "ready", and goes on until it is ended.
 */
import { challenge } from "../../../src/lab/credssp-steps.ts";
import { mintIdentity } from "../../../src/lab/certificates/identities.ts";
import { CONNECTION_LIFETIME_MS, startTls, stayOpen } from "../../../src/lab/steps.ts";
import { nlaRequired, TLS_1_2 } from "../../../src/lab/usual-steps.ts";
import { listen } from "../../../src/transport/listener.ts";

const [, , host = "127.0.0.1", port = "0", certificate = ""] = process.argv;
const identity = mintIdentity(certificate === "chain" ? "chain" : "rsa-2048", new Date());
const steps = [nlaRequired, startTls(TLS_1_2), challenge(), stayOpen];

await listen({
  host,
  port: Number(port),
  lifetimeMs: CONNECTION_LIFETIME_MS,
  serve: async (connection) => {
    for (const step of steps) {
      if (!(await step({ connection, identity, farm: [], countHello: () => 1 }))) return;
    }
  },
});
process.stdout.write("ready\n");
