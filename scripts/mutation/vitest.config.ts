/** The tests that have to notice a change of one folder of src, named by RDPROBE_MUTATED. */
import { defineConfig } from "vitest/config";

const { RDPROBE_MUTATED: folder = "x224" } = process.env;

export default defineConfig({
  test: {
    include: [`test/${folder}/**/*.test.ts`],
    testTimeout: 60_000,
    maxWorkers: 1,
  },
});
