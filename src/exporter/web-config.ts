/** The web configuration file in the format of Prometheus' exporter-toolkit: TLS and basic authentication. */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  ConfigError,
  choiceOf,
  joined,
  parseDocument,
  type Section,
  section,
  textOf,
} from "./config-document.ts";

/** Files as they are named in the configuration. */
export interface WebConfig {
  readonly tls: TlsFiles | null;
  /** bcrypt hashes by user name; null where everybody is let in. */
  readonly users: ReadonlyMap<string, string> | null;
}

interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Clients must show a certificate that one of these signed; null where they need none. */
  readonly clientCaFile: string | null;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
}

/** What a TLS server needs, read from its files. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa: Buffer | null;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
}

const TLS_FIELDS = ["cert_file", "key_file", "client_auth_type", "client_ca_file", "min_version"] as const;
const VERSIONS = { TLS12: "TLSv1.2", TLS13: "TLSv1.3" } as const;

/** `$2a$`, `$2b$` and `$2y$`, as htpasswd and python-bcrypt write them. */
const BCRYPT = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/;

/** A hash that takes seconds is a way to keep the exporter busy. */
const MAX_COST = 15;

/**
 * Reads the file's text.
 * @throws ConfigError that names the field and says what would be right.
 */
export const parseWebConfig = (text: string): WebConfig => {
  const { fields } = parseDocument(text, ["tls_server_config", "basic_auth_users"]);
  const tls = fields["tls_server_config"] ?? null;
  const users = fields["basic_auth_users"] ?? null;
  return {
    tls: tls === null ? null : tlsOf(section(tls, "tls_server_config", TLS_FIELDS)),
    users: users === null ? null : usersOf(section(users, "basic_auth_users", null)),
  };
};

/**
 * Reads the files of a TLS configuration; a relative name is one beside the configuration file.
 * @throws Error from the operating system, with the file as its `path`.
 */
export const readTlsFiles = async (files: TlsFiles, configPath: string): Promise<TlsMaterial> => {
  const read = (name: string): Promise<Buffer> => readFile(resolve(dirname(configPath), name));
  return {
    cert: await read(files.certFile),
    key: await read(files.keyFile),
    clientCa: files.clientCaFile === null ? null : await read(files.clientCaFile),
    minVersion: files.minVersion,
  };
};

const tlsOf = (from: Section): TlsFiles => {
  const clientAuth = choiceOf(from, "client_auth_type", ["NoClientCert", "RequireAndVerifyClientCert"]);
  const clientCaFile = textOf(from, "client_ca_file");
  if ((clientAuth === "RequireAndVerifyClientCert") !== (clientCaFile !== null)) {
    throw new ConfigError(
      `${joined(from.path, "client_ca_file")}: it goes with client_auth_type: RequireAndVerifyClientCert; write both or none`,
    );
  }
  return {
    certFile: needed(from, "cert_file"),
    keyFile: needed(from, "key_file"),
    clientCaFile,
    minVersion: VERSIONS[choiceOf(from, "min_version", ["TLS12", "TLS13"]) ?? "TLS12"],
  };
};

const usersOf = (from: Section): ReadonlyMap<string, string> => {
  const names = Object.keys(from.fields);
  if (names.length === 0) throw new ConfigError(`${from.path}: name at least one user, or leave it out`);
  return new Map(
    names.map((name) => {
      const hash = needed(from, name);
      const cost = Number(BCRYPT.exec(hash)?.[1] ?? Number.POSITIVE_INFINITY);
      if (cost < 4 || cost > MAX_COST) {
        throw new ConfigError(
          `${joined(from.path, name)}: this is no bcrypt hash of a cost up to ${MAX_COST}: write what htpasswd -nBC 10 "" prints after the colon`,
        );
      }
      return [name, hash];
    }),
  );
};

const needed = (from: Section, key: string): string => {
  const text = textOf(from, key);
  if (text === null || text === "") throw new ConfigError(`${joined(from.path, key)}: it is missing`);
  return text;
};
