import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWhere } from "../../../support/availability.ts";
import { connectAttempt } from "./connect-attempt.ts";
import { packetCaptureAvailable, startPacketCapture } from "./packet-capture.ts";
import { freePort } from "./real-server.ts";

describeWhere(packetCaptureAvailable())("a packet capture", () => {
  it("has every packet that passed: a SYN and its RST", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rdprobe-capture-"));
    const file = join(folder, "refused.pcap");
    const target = { host: "127.0.0.1", port: await freePort("127.0.0.1") };
    const capture = await startPacketCapture(file, `tcp port ${target.port}`);
    const { outcome } = await connectAttempt(target);
    const packets = await capture.stop();
    const magic = readFileSync(file).readUInt32LE(0);
    rmSync(folder, { recursive: true });
    expect(outcome).toBe("ECONNREFUSED");
    expect(packets).toBe(2);
    expect(magic).toBe(0xa1b2c3d4);
  });
});
