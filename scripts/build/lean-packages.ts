/** Packages taken in a form that leaves out what is not used, so that rdprobe stays small. */
import type { Plugin } from "esbuild";
import { resolve } from "node:path";

/** Asked for by one of prom-client's own metrics, for exemplars, which the exporter has switched off. */
const NO_TRACES = "export const trace = { getSpan() {} }; export const context = { active() {} };";

/** Parts of prom-client that its index names and the exporter has none of. */
const UNUSED = "module.exports = class {};";

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
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: UNUSED, loader: "js" }));
    onLoad({ filter: /.*/, namespace: "no-traces" }, () => ({ contents: NO_TRACES, loader: "js" }));
  },
};
