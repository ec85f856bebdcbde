/**
 * `npm run mutation -- <folder> [file]`: changes a folder of src in one place after the other (Stryker), and says which
 * changes the tests of the same name do not notice. Texts are not changed: tests hold codes and structure, not prose.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [folder = "", file = "**/*.ts"] = process.argv.slice(2);
if (!existsSync(join("src", folder)) || folder === "")
  throw new Error("name a folder of src: npm run mutation -- x224");

const temporary = mkdtempSync(join(tmpdir(), "rdprobe-mutation-"));
const config = join(temporary, "stryker.config.json");
writeFileSync(
  config,
  JSON.stringify({
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "scripts/mutation/vitest.config.ts", related: false },
    mutate: [`src/${folder}/${file}`],
    mutator: { excludedMutations: ["StringLiteral"] },
    coverageAnalysis: "perTest",
    // What a module does once, when it is loaded, is the same for all tests: each such change takes a process.
    ignoreStatic: true,
    concurrency: 2,
    timeoutMS: 20_000,
    tempDirName: join(temporary, "tree"),
    ignorePatterns: ["dist", "docs", "dist-*", ".stryker-tmp"],
    reporters: ["clear-text"],
    clearTextReporter: { allowColor: false, reportTests: false, allowEmojis: false },
  }),
);
const stryker = spawn("npx", ["stryker", "run", config], {
  stdio: "inherit",
  env: { ...process.env, RDPROBE_MUTATED: folder },
});
const [code]: unknown[] = await once(stryker, "close");
rmSync(temporary, { recursive: true });
process.exitCode = typeof code === "number" ? code : 1;
