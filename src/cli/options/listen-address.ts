/** Where a server listens, as users type it: `127.0.0.1:9709`, `[::1]:9709`, `:9709`. */
import { type Parsed, parsed, rejected } from "../../targets/plan/parsed.ts";
import { parseTarget } from "../../targets/plan/target.ts";

export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Whether only this machine can reach it. */
  readonly isLoopback: boolean;
}

/** All addresses, where the text names none: IPv6's, which take IPv4 as well. */
const ANY = "::";

const LOOPBACK = /^(127(\.\d+){3}|::1|localhost)$/;

/** An address with a port; a bare port behind a colon is one on all addresses. */
export const parseListenAddress = (text: string): Parsed<ListenAddress> => {
  const match = /^(.*):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2] ?? Number.NaN);
  const hostText = match?.[1] ?? "";
  const target = hostText === "" ? parsed({ host: ANY, port: null }) : parseTarget(hostText);
  if (!(port <= 65_535) || !target.ok || target.value.port !== null || isBareIpv6(hostText)) {
    return rejected(
      `${JSON.stringify(text)} is no address to listen on: write 127.0.0.1:9709, [::1]:9709 or :9709`,
    );
  }
  const { host } = target.value;
  return parsed({ host, port, isLoopback: LOOPBACK.test(host) });
};

/** Without brackets nobody knows where the address ends. */
const isBareIpv6 = (host: string): boolean => host.includes(":") && !host.startsWith("[");
