/** The bill of materials of the executables: CycloneDX 1.5 (cyclonedx.org/docs/1.5/json), the same for the same release. */
import type { ThirdParty } from "../third-party.ts";
import { NODE_PACKAGES, type NodePackage } from "./node-packages.ts";

export interface Bill {
  readonly version: string;
  /** Of what npm fetched: `sha512-` and base64, by `name@version`. */
  readonly integrity: ReadonlyMap<string, string>;
  readonly parties: readonly ThirdParty[];
  readonly nodes: readonly NodePackage[];
}

/** The document's text. */
export const sbomOf = ({ version, integrity, parties, nodes }: Bill): string => {
  const self = `pkg:npm/rdprobe@${version}`;
  const components = [
    ...parties.map(({ name, version: of, license }) => ({
      name,
      version: of,
      license,
      integrity: integrity.get(`${name}@${of}`),
    })),
    ...nodes.map((spec) => {
      const at = spec.lastIndexOf("@");
      const [name, of] = [spec.slice(0, at), spec.slice(at + 1)];
      return { name, version: of, license: "MIT", integrity: NODE_PACKAGES[spec] };
    }),
  ].map(componentOf);
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: {
        "bom-ref": self,
        type: "application",
        name: "rdprobe",
        version,
        purl: self,
        licenses: [{ license: { id: "MIT" } }],
      },
    },
    components,
    dependencies: [
      { ref: self, dependsOn: components.map((component) => component["bom-ref"]) },
      ...components.map((component) => ({ ref: component["bom-ref"], dependsOn: [] })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
};

interface Material {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly integrity: string | undefined;
}

const componentOf = ({ name, version, license, integrity }: Material) => {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return {
    "bom-ref": purl,
    type: "library",
    name,
    version,
    purl,
    licenses: [{ expression: license }],
    ...(integrity === undefined ? {} : { hashes: [{ alg: "SHA-512", content: hexOf(integrity) }] }),
  };
};

const hexOf = (integrity: string): string =>
  Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");

/** The integrity of each package in package-lock.json, by `name@version`. */
export const lockedIntegrity = (lockfile: unknown): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  if (!isRecord(lockfile) || !isRecord(lockfile["packages"])) return found;
  for (const [path, entry] of Object.entries(lockfile["packages"])) {
    if (!isRecord(entry)) continue;
    const { version, integrity } = entry;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (typeof version === "string" && typeof integrity === "string")
      found.set(`${name}@${version}`, integrity);
  }
  return found;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
