import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { type ModuleSource, singleFileModules } from "../../src/cli/single-file-modules.ts";

const nodeRequire = createRequire(import.meta.url);
const TEXTS: Readonly<Record<string, string>> = {
  "a.js": `exports.b = () => require("./b.js"); exports.loads = 1 + (globalThis.loadsOfA ?? 0); globalThis.loadsOfA = exports.loads;`,
  "b.js": `const a = require("./a.js"); exports.same = (other) => a === other; exports.join = require("node:path").posix.join;`,
};
const sourceWith = (code: ModuleSource["code"]): ModuleSource => ({
  text: (name) => {
    const text = TEXTS[name];
    if (text === undefined) throw new Error(`no module ${name}`);
    return text;
  },
  code,
});

describe("the modules of a single file", () => {
  it("are loaded once, when they are asked for, and know each other and Node's", () => {
    const { require: load, scripts } = singleFileModules(
      sourceWith(() => null),
      nodeRequire,
    );
    const a = load("./a.js");
    expect([...scripts.keys()]).toEqual(["a.js"]);
    const b = a.b();
    expect([...scripts.keys()]).toEqual(["a.js", "b.js"]);
    expect(b.same(a)).toBe(true);
    expect(b.join("x", "y")).toBe("x/y");
    expect(load("./a.js").loads).toBe(a.loads);
  });

  it("take a code cache that fits, and do without one that does not", () => {
    const first = singleFileModules(
      sourceWith(() => null),
      nodeRequire,
    );
    first.require("./a.js");
    const code = first.scripts.get("a.js")?.createCachedData() ?? new Uint8Array(0);
    expect(code.length).toBeGreaterThan(0);
    for (const cache of [code, code.map((byte) => byte ^ 0xff), code.subarray(0, 9), new Uint8Array(0)]) {
      const again = singleFileModules(
        sourceWith(() => cache),
        nodeRequire,
      );
      expect(again.require("./a.js").loads).toBeGreaterThan(0);
    }
  });

  it("fail by name where one is missing", () => {
    const { require: load } = singleFileModules(
      sourceWith(() => null),
      nodeRequire,
    );
    expect(() => load("./c.js")).toThrow("c.js");
  });
});
