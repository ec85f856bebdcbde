import { defineConfig } from "vitest/config";

const report = process.env["RDPROBE_TEST_REPORT"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // What needs the files of a release: npm run test:release.
    exclude: process.env["RDPROBE_EXECUTABLE"] === undefined ? ["test/e2e/release/**"] : [],
    // Long: a busy machine is no failure.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
  },
});
