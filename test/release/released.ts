/** The files of release/, as `npm run release` made them; scripts/test-release.ts says where they are. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import type { TargetId } from "../../scripts/release/targets.ts";
import type { Availability } from "../servers/availability.ts";

export const RELEASE = resolve("release");
export const { version: VERSION } = manifest;

/** The executable of a target, as an absolute path. */
export const released = (id: TargetId): string =>
  join(RELEASE, `rdprobe-${VERSION}-${id}${id === "win-x64" ? ".exe" : ""}`);

/** Available where it was released. */
export const releasedAvailable = (id: TargetId): Availability => ({
  available: existsSync(released(id)),
  notice: `npm run release -- ${id} has not been run`,
});
