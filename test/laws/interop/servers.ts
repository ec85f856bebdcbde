/** The servers of the law: five TLS stacks, each with every kind of key, one process a configuration. */
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer as createTcpServer } from "node:net";
import { createServer } from "node:tls";
import { eventually } from "../../support/eventually.ts";
import { startProcess } from "../../e2e/servers/programs/processes.ts";
import {
  type Chain,
  type ChainFolder,
  type ChainLength,
  KEY_KINDS,
  type KeyKind,
  makeNssDatabase,
  NSS_NICKNAME,
} from "./certificates.ts";

export const STACKS = ["openssl", "gnutls", "botan", "nss", "node"] as const;

export type Stack = (typeof STACKS)[number];

export interface ServerSetup {
  readonly stack: Stack;
  readonly key: KeyKind;
  readonly chainLength: ChainLength;
  readonly clientCertificate: ClientCertificate;
  /** The only group that it takes; null for all. */
  readonly group: GroupName | null;
}

/** Whether the server wants a certificate of the client, and goes on without one. */
type ClientCertificate = "none" | "asked" | "demanded";

export const GROUPS = {
  X25519: { code: 0x001d, gnutls: "GROUP-X25519", nss: "x25519" },
  "P-256": { code: 0x0017, gnutls: "GROUP-SECP256R1", nss: "P256" },
  "P-384": { code: 0x0018, gnutls: "GROUP-SECP384R1", nss: "P384" },
  "P-521": { code: 0x0019, gnutls: "GROUP-SECP521R1", nss: "P521" },
} as const;

export type GroupName = keyof typeof GROUPS;

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

export const HOST = "127.0.0.1";

/** What each stack has none of. */
const WITHOUT: Readonly<Record<Stack, readonly KeyKind[]>> = {
  openssl: [],
  gnutls: [],
  node: [],
  // Its tools import no key that is for RSA-PSS alone.
  nss: ["rsa-pss", "ed25519"],
  botan: ["rsa-pss", "ed25519"],
};

const CHAIN_LENGTHS = [1, 2, 3] as const;
const ASKING = [
  ["rsa-2048", "asked"],
  ["ec-p256", "asked"],
  ["rsa-3072", "demanded"],
] as const;
/** botan's tls_server does not. */
const NEVER_ASKS: ReadonlySet<Stack> = new Set<Stack>(["botan"]);
const NARROW: readonly (readonly [Stack, GroupName])[] = [
  ["openssl", "P-384"],
  ["openssl", "P-521"],
  ["gnutls", "P-256"],
  ["nss", "P-384"],
  ["node", "P-521"],
];

export const setupName = (setup: ServerSetup): string =>
  [
    ...[setup.stack, setup.key, `chain of ${setup.chainLength}`],
    ...(setup.clientCertificate === "none" ? [] : [`client certificate ${setup.clientCertificate}`]),
    ...(setup.group === null ? [] : [`${setup.group} alone`]),
  ].join(", ");

/** Every stack with every kind of key, some of which ask for a certificate or have one group. */
export const SETUPS: readonly ServerSetup[] = STACKS.flatMap((stack): readonly ServerSetup[] => {
  const kinds = (Object.keys(KEY_KINDS) as KeyKind[]).filter((kind) => !WITHOUT[stack].includes(kind));
  const plain = { stack, clientCertificate: "none", group: null } as const;
  return [
    ...kinds.map((key, index) => ({ ...plain, key, chainLength: CHAIN_LENGTHS[index % 3] ?? 1 })),
    ...ASKING.filter(() => !NEVER_ASKS.has(stack)).map(([key, clientCertificate]) => ({
      ...{ ...plain, key, chainLength: 2 as const, clientCertificate },
    })),
    ...NARROW.filter(([narrow]) => narrow === stack).map(([, group]) => ({
      ...{ ...plain, key: "rsa-2048" as const, chainLength: 1 as const, group },
    })),
  ];
});

/** @throws Error where it does not listen in time */
export const startSetup = async (setup: ServerSetup, chains: ChainFolder): Promise<RunningServer> => {
  const chain = await chains.chain(setup.key, setup.chainLength);
  return setup.stack === "node"
    ? startNode(setup, chain, chains.authorityFile)
    : startCommand(setup, chain, chains.authorityFile);
};

const LISTEN_TIMEOUT_MS = 10_000;

const startCommand = async (
  setup: ServerSetup,
  chain: Chain,
  authorityFile: string,
): Promise<RunningServer> => {
  const port = await freePort();
  const nssFolder = setup.stack === "nss" ? await makeNssDatabase(chain, authorityFile) : "";
  const [command, ...args] = commandOf(setup, { chain, authorityFile, nssFolder }, port);
  const server = await startProcess(command, args);
  const stop = () => server.stop();
  const listens = await eventually(() => server.hasEnded() || isListening(port), {
    ...{ timeoutMs: LISTEN_TIMEOUT_MS, everyMs: 30 },
  });
  if (listens && !server.hasEnded()) return { port, stop };
  await stop();
  throw new Error(`${[command, ...args].join(" ")}: does not listen: ${server.stderr()}${server.stdout()}`);
};

type Command = readonly [command: string, ...args: string[]];

interface ServerFiles {
  readonly chain: Chain;
  readonly authorityFile: string;
  /** Empty for other stacks. */
  readonly nssFolder: string;
}

const commandOf = (
  setup: ServerSetup,
  { chain, authorityFile, nssFolder }: ServerFiles,
  port: number,
): Command => {
  const { clientCertificate, group } = setup;
  switch (setup.stack) {
    case "gnutls":
      return [
        ...(["gnutls-serv", "--http", "-q", "-p", String(port)] as const),
        ...GNUTLS_CERTIFICATE[clientCertificate],
        ...["--x509keyfile", chain.keyFile, "--x509certfile", chain.chainFile],
        ...["--x509cafile", authorityFile, "--priority", gnutlsPriority(group)],
      ];
    case "botan":
      return ["botan", "tls_server", chain.chainFile, chain.keyFile, `--port=${port}`, botanPolicy(chain)];
    case "nss":
      return [
        ...(["selfserv", "-d", `sql:${nssFolder}`, "-n", NSS_NICKNAME, "-p", String(port)] as const),
        ...["-V", "tls1.0:tls1.3", "-G", "-H", "1", "-W", "1", ...NSS_CERTIFICATE[clientCertificate]],
        ...(group === null ? [] : ["-I", GROUPS[group].nss]),
      ];
    default:
      return [
        ...(["openssl", "s_server", "-accept", `${HOST}:${port}`, "-www", "-quiet"] as const),
        ...["-cert", chain.leafFile, "-key", chain.keyFile, "-cipher", "ALL:@SECLEVEL=0"],
        ...(chain.length === 1 ? [] : ["-cert_chain", chain.issuersFile]),
        ...OPENSSL_CERTIFICATE[clientCertificate],
        ...["-CAfile", authorityFile],
        ...(group === null ? [] : ["-groups", group]),
      ];
  }
};

const GNUTLS_CERTIFICATE = { none: ["-a"], asked: [], demanded: ["-r"] } as const;
const NSS_CERTIFICATE = { none: [], asked: ["-r"], demanded: ["-r", "-r"] } as const;
const OPENSSL_CERTIFICATE = {
  none: [],
  asked: ["-verify", "3"],
  demanded: ["-Verify", "3", "-verify_return_error"],
} as const;

const gnutlsPriority = (group: GroupName | null): string =>
  [
    "NORMAL:+VERS-ALL:-VERS-DTLS-ALL:+CIPHER-ALL:+3DES-CBC:+MAC-ALL:+SHA1:+SHA256:+SHA384:+KX-ALL:+SIGN-ALL:%VERIFY_ALLOW_BROKEN",
    group === null ? "+GROUP-ALL" : `-GROUP-ALL:+${GROUPS[group].gnutls}`,
  ].join(":");

/** Everything that botan 2 has; its file stands beside the certificate's. */
const botanPolicy = (chain: Chain): string => {
  const file = `${chain.leafFile}.policy`;
  const lines = [
    "allow_tls10 = true",
    "allow_tls11 = true",
    "allow_tls12 = true",
    "ciphers = AES-256/GCM AES-128/GCM ChaCha20Poly1305 AES-256 AES-128 3DES",
    "macs = AEAD SHA-384 SHA-256 SHA-1",
    "signature_hashes = SHA-512 SHA-384 SHA-256 SHA-1",
    "signature_methods = ECDSA RSA IMPLICIT",
    "key_exchange_methods = ECDH DH RSA",
    "key_exchange_groups = x25519 secp256r1 secp384r1 secp521r1 ffdhe/ietf/2048",
    "minimum_rsa_bits = 1024",
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return `--policy=${file}`;
};

const startNode = async (
  { clientCertificate, group }: ServerSetup,
  chain: Chain,
  authorityFile: string,
): Promise<RunningServer> => {
  const server = createServer(
    {
      ...{ key: readFileSync(chain.keyFile), cert: readFileSync(chain.chainFile) },
      ...{ minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0", dhparam: "auto", ecdhCurve: group ?? ALL_GROUPS },
      ...{ requestCert: clientCertificate !== "none", rejectUnauthorized: clientCertificate === "demanded" },
      ca: readFileSync(authorityFile),
    },
    (socket) => {
      socket.on("error", () => undefined).on("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\n"));
    },
  );
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    server.listen(0, HOST, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("node: no port");
  return {
    port: address.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
};

const ALL_GROUPS = Object.keys(GROUPS).join(":");

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createTcpServer().once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      const port = address === null || typeof address === "string" ? 0 : address.port;
      server.close(() => resolve(port));
    });
  });

export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, HOST)
      .once("connect", () => {
        socket.destroy();
        resolve(true);
      })
      .once("error", () => resolve(false));
  });
