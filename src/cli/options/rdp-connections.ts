/** The .rdp files and links among the targets of a run: what each sends, and what each makes of its results. */
import type { HostTarget, TargetOptions } from "../../scan/one/probe-target.ts";
import type { RdpFile } from "../../targets/grammar/rdp-file.ts";
import type { GatewayReport } from "../../verdict/result/gateway-report.ts";
import { withFileFindings } from "../../verdict/findings/rdp-file-findings.ts";
import type { Result } from "../../verdict/result/result.ts";
import { withGateway } from "../../verdict/result/with-gateway.ts";

interface Place {
  readonly host: string;
  readonly port: number;
}

interface Named {
  readonly file: RdpFile;
  /** As the user named it. */
  readonly source: string;
}

/** A port that the file leaves to the command line. */
const ANY_PORT = 0;

export class RdpConnections {
  readonly #named = new Map<string, Named>();
  /** A gateway of many files is asked once. */
  readonly #gateways = new Map<string, Promise<GatewayReport>>();

  /** Gives the source of an earlier file for the same computer and port, whose settings are kept; else null. */
  add(file: RdpFile, source: string): string | null {
    const key = keyOf(file.host, file.port ?? ANY_PORT);
    const earlier = this.#named.get(key);
    if (earlier !== undefined) return earlier.source;
    this.#named.set(key, { file, source });
    return null;
  }

  /** The targets with the routing tokens of their files. */
  routed(targets: Iterable<HostTarget>): Iterable<HostTarget> {
    if (this.#named.size === 0) return targets;
    const routed = (target: HostTarget): HostTarget => {
      const token = this.#of(target)?.file.routingToken ?? null;
      return token === null ? target : { ...target, routing: { kind: "token", token } };
    };
    return {
      *[Symbol.iterator]() {
        for (const target of targets) yield routed(target);
      },
    };
  }

  /**
   * The result with what its file, and the file's gateway, say.
   * @throws LocalResourceError when this machine cannot open a connection.
   */
  async completed(result: Result, options: TargetOptions): Promise<Result> {
    const named = this.#of(result.target);
    if (named === null) return result;
    const { file, source } = named;
    const found = withFileFindings(result, source, file.notes);
    return file.gateway === null ? found : withGateway(found, await this.#gateway(file.gateway, options));
  }

  #of({ host, port }: Place): Named | null {
    return this.#named.get(keyOf(host, port)) ?? this.#named.get(keyOf(host, ANY_PORT)) ?? null;
  }

  async #gateway(gateway: NonNullable<RdpFile["gateway"]>, options: TargetOptions): Promise<GatewayReport> {
    const key = `${keyOf(gateway.host, gateway.port)} ${gateway.usage}`;
    const asked = this.#gateways.get(key);
    if (asked !== undefined) return asked;
    const { probeGateway } = await import("../../scan/one/probe-gateway.ts");
    const asking = this.#gateways.get(key) ?? probeGateway(gateway, options);
    this.#gateways.set(key, asking);
    return asking;
  }
}

const keyOf = (host: string, port: number): string => `${host.toLowerCase()} ${port}`;
