import { expect, it } from "vitest";
import { describeWhere } from "../../../support/availability.ts";
import { connectAttempt } from "../programs/connect-attempt.ts";
import { fullBacklogAvailable, startFullBacklog } from "./full-backlog.ts";

describeWhere(fullBacklogAvailable())("a listener with a full queue", () => {
  it("answers no SYN, and refuses once it is gone", async () => {
    const port = await startFullBacklog();
    const attempts = await Promise.all([1, 2, 3].map(() => connectAttempt(port)));
    await port.stop();
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["silent", "silent", "silent"]);
    expect((await connectAttempt(port)).outcome).toBe("ECONNREFUSED");
  });
});
