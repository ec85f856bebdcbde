/** Targets as other programs write them. */
import { describe, expect, it } from "vitest";
import { type TargetEntry, parseTargetEntry } from "../../../src/targets/plan/target-entry.ts";
import { targetsOfText } from "../../../src/targets/plan/target-text.ts";

const place = (entry: TargetEntry): string =>
  `${entry.kind === "addresses" ? entry.input : entry.host} ${entry.port ?? "-"}`;

const placesOf = (text: string): readonly string[] =>
  targetsOfText(text).map((entry) => (entry.ok ? place(entry.value) : entry.problem));

describe("a target of another program", () => {
  it.each([
    ["mstsc's option", "/v:server01:3390", "server01 3390"],
    ["mstsc's option in capitals", "/V:server01", "server01 -"],
    ["Explorer's name", "\\\\server01", "server01 -"],
    ["a link of Microsoft's clients", "rdp://full%20address=s:server01:3390", "server01 3390"],
    [
      "a link that is escaped throughout",
      "rdp://full%20address=s%3Aserver01%3A3390&username=s%3Ame",
      "server01 3390",
    ],
    ["a link with the host alone", "rdp://server01/", "server01 -"],
  ])("%s, %s, is read", (_what, text, expected) => {
    const entry = parseTargetEntry(text);
    expect(entry.ok && place(entry.value)).toBe(expected);
  });

  it.each([
    ["https://server01", '"server01:3389"'],
    ["https://server01:8443/rdweb", 'write "server01:8443"'],
    ["ssh://me@server01", 'write "server01"'],
    ["\\\\server01\\share", 'write "server01"'],
    ["rdp://username=s:me", "full address"],
    ["rdp://%zz=", "full address"],
  ])("%s is refused, with what to write", (text, instead) => {
    const entry = parseTargetEntry(text);
    expect(entry.ok ? "" : entry.problem).toContain(instead);
  });
});

describe("a port behind a comma", () => {
  it.each([
    ["server01,3390", ["server01 3390"]],
    ["server01,server02,3390", ["server01 -", "server02 3390"]],
    ["server01:3389,3390", ["server01 3389", '"3390" is a number']],
  ])("%s", (text, expected) => {
    const places = placesOf(text);
    expect(places).toHaveLength(expected.length);
    for (const [index, part] of expected.entries()) expect(places[index]).toContain(part);
  });

  it("is one only above what an octet holds", () => {
    expect(placesOf("10.0.0.1,256")).toHaveLength(1);
    const [octets] = targetsOfText("10.0.0.1,255");
    expect(octets?.ok && octets.value.port).toBeNull();
    const [port] = targetsOfText("10.0.0.1,256");
    expect(port?.ok && port.value.port).toBe(256);
  });

  it("belongs to what stands in the same word", () => {
    expect(placesOf("server01 3390")).toHaveLength(2);
  });
});
