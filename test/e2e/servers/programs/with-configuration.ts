/** A real server of one of the configurations, for as long as a test looks at it. */
import type { CertificateFolder } from "./certificates.ts";
import type { RealServer } from "./real-server.ts";
import { REAL_CONFIGURATIONS } from "./xrdp-configurations.ts";

/** @throws Error when there is no such configuration, or the server does not start. */
export const withConfiguration = async (
  id: string,
  certificates: CertificateFolder,
  check: (server: RealServer) => Promise<void>,
): Promise<void> => {
  const configuration = REAL_CONFIGURATIONS.find((one) => one.id === id);
  if (configuration === undefined) throw new Error(`no configuration ${id}`);
  const server = await configuration.start(certificates);
  try {
    await check(server);
  } finally {
    await server.stop();
  }
};
