/** Packages taken in a form that leaves out what is not used, so that rdprobe stays small. */
import type { Plugin } from "esbuild";
import { resolve } from "node:path";

/** Asked for by one of prom-client's own metrics, for exemplars, which the exporter has switched off. */
const NO_TRACES = "export const trace = { getSpan() {} }; export const context = { active() {} };";

/** Parts of prom-client that its index names and the exporter has none of. */
const UNUSED = "module.exports = class {};";

/** The tables have no colours of the library's own. */
const NO_COLORS = "module.exports = {};";

/** What the SOCKS client asks of ip-address, for texts that node:net took for addresses before. */
const ADDRESSES = `
const groupsOf = (text) => {
  const [head, tail] = new URL("http://[" + text.split("%")[0] + "]").hostname.slice(1, -1).split("::");
  const [first, last] = [head, tail].map((part) => (part ? part.split(":") : []));
  return [...first, ...Array(tail === undefined ? 0 : 8 - first.length - last.length).fill("0"), ...last];
};
export class Address4 {
  constructor(text) { this.text = text; }
  toArray() { return this.text.split(".").map(Number); }
}
export class Address6 {
  constructor(text) { this.text = text; }
  canonicalForm() { return groupsOf(this.text).map((group) => group.padStart(4, "0")).join(":"); }
  static fromByteArray(bytes) {
    const hex = bytes.map((byte) => (byte & 255).toString(16).padStart(2, "0")).join("");
    return new Address6(hex.match(/.{4}/g).join(":"));
  }
}`;

export const leanPackages: Plugin = {
  name: "lean-packages",
  setup: ({ onResolve, onLoad }) => {
    // The same code as ES modules, of which what nobody uses is left out.
    onResolve({ filter: /^yaml$/ }, () => ({
      path: resolve("node_modules/yaml/browser/dist/index.js"),
      sideEffects: false,
    }));
    onResolve({ filter: /^@opentelemetry\/api$/ }, ({ path }) => ({ path, namespace: "no-traces" }));
    onResolve({ filter: /^\.\/lib\/(?:summary|pushgateway|cluster)$/ }, ({ path, importer }) =>
      /prom-client.index\.js$/.test(importer) ? { path, namespace: "unused" } : null,
    );
    onResolve({ filter: /^@colors\/colors\/safe$/ }, ({ path }) => ({ path, namespace: "no-colors" }));
    onLoad({ filter: /.*/, namespace: "no-colors" }, () => ({ contents: NO_COLORS, loader: "js" }));
    onResolve({ filter: /^ip-address$/ }, ({ path }) => ({ path, namespace: "addresses" }));
    onLoad({ filter: /.*/, namespace: "addresses" }, () => ({ contents: ADDRESSES, loader: "js" }));
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: UNUSED, loader: "js" }));
    onLoad({ filter: /.*/, namespace: "no-traces" }, () => ({ contents: NO_TRACES, loader: "js" }));
  },
};
