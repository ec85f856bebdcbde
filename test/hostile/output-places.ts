/** Started in a mount namespace of its own: every output into file systems that take nothing. Prints what was seen. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInProcess } from "../cli/in-process.ts";
import { outputForms } from "./output-forms.ts";

const [rows = "", base = ""] = process.argv.slice(2);
const places = { full: join(base, "full"), "read-only": join(base, "read-only"), disk: join(base, "disk") };
for (const path of Object.values(places)) mkdirSync(path);
// One page, which a file takes.
execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k", "none", places.full]);
writeFileSync(join(places.full, "filler"), new Uint8Array(4096));
execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "none", places["read-only"]]);

const seen = [];
for (const { name, ending, argv } of outputForms(rows)) {
  const disk = join(places.disk, `x.${ending}`);
  // No driver has this number: a write that came so far would fail in another way.
  if (!existsSync(disk)) execFileSync("mknod", [disk, "b", "240", "99"]);
  for (const [place, path] of Object.entries(places)) {
    const { code, stderr } = await runInProcess(argv(join(path, `x.${ending}`)));
    const lines = stderr.split("\n").length - 1;
    const left = readdirSync(path).filter((file) => file !== "filler" && !file.startsWith("x."));
    seen.push({ name, place, code, lines, left, why: stderr });
  }
}
process.stdout.write(JSON.stringify(seen));
