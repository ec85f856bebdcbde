/** What is wrong with a capture file, for stderr: the first few of each kind, and how many more there were. */
import { type DecodeFault, describeFault } from "../../bytes/decoded.ts";
import type { CaptureFaultCode } from "../../capture/capture-event.ts";

const SHOWN = 3;
/** What is counted among the packets that were not read, and said there. */
const COUNTED_AS_UNREAD: ReadonlySet<CaptureFaultCode> = new Set(["link-type-unsupported", "fragments-lost"]);

export class CaptureFaults {
  readonly #lines: string[] = [];
  readonly #counts = new Map<CaptureFaultCode, number>();

  add(code: CaptureFaultCode, fault: DecodeFault, packetNumber: number | null): void {
    if (COUNTED_AS_UNREAD.has(code)) return;
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count > SHOWN) return;
    if (code === "not-a-capture") {
      this.#lines.push(fault.reason);
      return;
    }
    const where = packetNumber === null ? "" : `packet ${packetNumber}: `;
    this.#lines.push(`${where}${describeFault(fault)}`);
  }

  /** The file is no capture at all. */
  get isNoCapture(): boolean {
    return this.#counts.has("not-a-capture");
  }

  /** One line a fault, without a newline. */
  lines(): readonly string[] {
    const more = [...this.#counts].filter(([, count]) => count > SHOWN);
    return [...this.#lines, ...more.map(([code, count]) => `${count - SHOWN} more of the kind ${code}`)];
  }
}
