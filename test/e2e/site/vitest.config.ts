import { defineConfig } from "vitest/config";

/** `npm run test:site`: apart from the gate, since it installs a generator and builds. */
export default defineConfig({
  test: { include: ["test/e2e/site/built-site.spec.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
