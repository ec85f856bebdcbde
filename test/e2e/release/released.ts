/** The files of release/, as `npm run release` made them; scripts/test-release.ts says where they are. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import type { TargetId } from "../../../scripts/release/targets.ts";
import { allAvailable, type Availability, describeWhere } from "../../support/availability.ts";

export const RELEASE = resolve("release");
export const { version: VERSION } = manifest;

/** The executable of a target, as an absolute path. */
export const released = (id: TargetId): string =>
  join(RELEASE, `rdprobe-${VERSION}-${id}${id === "win-x64" ? ".exe" : ""}`);

/** Whether all targets were released: then there are manifests. */
const isWhole = existsSync(join(RELEASE, "manifests"));

/**
 * What is tested only where it was released, whatever else is required: the gate makes no release for machines that it
 * cannot start.
 */
export const describeReleased =
  (id: TargetId | "manifests", ...conditions: readonly Availability[]) =>
  (name: string, body: () => void): void => {
    const isThere = id === "manifests" ? isWhole : existsSync(released(id));
    if (isThere) {
      describeWhere(allAvailable(...conditions))(name, body);
    } else {
      process.stderr.write(`skipped: ${name}: npm run release was not asked for ${id}\n`);
      describe.skip(name, body);
    }
  };
