import { defineConfig } from "vitest/config";

const report = process.env["RDPROBE_TEST_REPORT"];

/** What starts processes, listens, needs the build, or takes long. */
const APART = "test/{e2e,laws,hostile,fuzz}/**/*.test.ts";

export default defineConfig({
  test: {
    // Long: a busy machine is no failure.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          // Pure: many files share a thread, and what they import is loaded once in each.
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [APART],
          isolate: false,
          pool: "threads",
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: [APART],
          // What needs the files of a release: npm run test:release.
          exclude: process.env["RDPROBE_EXECUTABLE"] === undefined ? ["test/e2e/release/**"] : [],
        },
      },
    ],
  },
});
