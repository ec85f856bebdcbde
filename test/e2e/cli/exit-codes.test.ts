import { describe, expect, it } from "vitest";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

const lab = useLab("127.0.0.1", [
  ...["nla-required", "tls-without-nla", "failure-2", "failure-3", "port-closed"],
  ...["certificate-expires-soon", "certificate-md5", "tls10-only"],
]);

type Case = [what: string, scenarios: readonly string[], options: readonly string[], code: number];

describe("the exit code of a probe", () => {
  it.each<Case>([
    ["an ok verdict", ["nla-required"], [], 0],
    ["a warning", ["failure-2"], [], 0],
    ["a critical verdict", ["failure-3"], [], 1],
    ["a closed port", ["port-closed"], [], 1],
    ["an ok verdict", ["nla-required"], ["--fail-on", "warning"], 0],
    ["a warning", ["failure-2"], ["--fail-on", "warning"], 1],
    ["a warning", ["failure-2"], ["--fail-on", "critical"], 0],
    ["a critical verdict", ["failure-3"], ["--fail-on", "warning"], 1],
    ["a critical verdict", ["failure-3"], ["--fail-on", "never"], 0],
    ["one critical of several", ["nla-required", "failure-3"], [], 0],
    ["one critical of several", ["nla-required", "failure-3"], ["--fail-on", "critical"], 1],
    ["one warning of several", ["tls-without-nla", "failure-2"], ["--fail-on", "warning"], 1],
    ["one warning of several", ["tls-without-nla", "failure-2"], ["--fail-on", "critical"], 0],
    ["the same critical target twice", ["failure-3", "failure-3"], [], 1],
    ["an ok verdict with a critical finding", ["certificate-expires-soon"], [], 1],
    ["an ok verdict with a critical finding", ["certificate-md5"], ["--fail-on", "critical"], 1],
    ["an ok verdict with a critical finding", ["certificate-md5"], ["--fail-on", "never"], 0],
    ["a warning finding", ["tls10-only"], ["--fail-on", "critical"], 0],
  ])("after %s (%j) with %j is %d", async (_what, ids, options, expected) => {
    const { code, stderr } = await rdprobe([...options, "-q", ...ids.map((id) => lab.target(id))]);
    expect({ code, stderr }).toEqual({ code: expected, stderr: "" });
  });

  it("counts each port of a target as a target of its own", async () => {
    const ports = ["failure-3", "port-closed"].map((id) => lab.listener(id).port).join(",");
    expect((await rdprobe(["-q", "-p", ports, "127.0.0.1"])).code).toBe(0);
    expect((await rdprobe(["-q", "-p", ports, "--fail-on", "critical", "127.0.0.1"])).code).toBe(1);
  });
});
