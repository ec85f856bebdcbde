/** CommonJS packages inside an ES module still ask for `require`. */
export const REQUIRE_SHIM =
  "import { createRequire as rdprobeCreateRequire } from 'node:module'; const require = rdprobeCreateRequire(import.meta.url);";
