/**
 * The modules of the single-file executable: it carries each as CommonJS text and, where it was built for this very
 * machine, what V8 made of it. A module is loaded when it is first asked for, as dist/ loads its chunks.
 */
import { Script } from "node:vm";

/** Where the modules lie. */
export interface ModuleSource {
  /** @throws Error where there is none of the name. */
  text(name: string): string;
  /** V8's code cache of the module, or null. */
  code(name: string): Uint8Array | null;
}

export interface Modules {
  /** `./name.js` is one of the modules, everything else one of Node's. */
  readonly require: (id: string) => ReturnType<NodeJS.Require>;
  /** What was loaded so far. */
  readonly scripts: ReadonlyMap<string, Script>;
}

/**
 * @param source of the program's own modules.
 * @param nodeRequire for Node's.
 */
export const singleFileModules = (source: ModuleSource, nodeRequire: NodeJS.Require): Modules => {
  const scripts = new Map<string, Script>();
  const exported = new Map<string, { exports: unknown }>();
  const require: Modules["require"] = (id) => {
    if (!id.startsWith(OWN)) return nodeRequire(id);
    const name = id.slice(OWN.length);
    const known = exported.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    exported.set(name, module);
    const script = compiled(name, source);
    scripts.set(name, script);
    script.runInThisContext()(module.exports, require, module);
    return module.exports;
  };
  return { require, scripts };
};

const OWN = "./";

const compiled = (name: string, source: ModuleSource): Script => {
  const cachedData = source.code(name);
  return new Script(`(function (exports, require, module) {${source.text(name)}\n})`, {
    filename: `rdprobe/${name}`,
    ...(cachedData === null ? {} : { cachedData }),
  });
};
