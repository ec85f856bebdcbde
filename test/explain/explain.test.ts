import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain.ts";
import { MEANING_KINDS } from "../../src/explain/meaning.ts";
import { ENTRIES } from "../../src/explain/meanings.ts";
import { explanationText } from "../../src/report/text/explanation-text.ts";
import { CAUSES } from "../../src/verdict/causes/causes.ts";
import { REFUSED_ADVICE } from "../../src/verdict/remedies/refused-advice.ts";

const MEANINGS = ENTRIES.map(({ tell }) => tell());

const kindsOf = (...words: readonly string[]) => explain(words).meanings.map(({ kind }) => kind);
const namesOf = (...words: readonly string[]) => explain(words).meanings.map(({ name }) => name);

/** Every disconnect reason that is known from documents, dialogs or reports. */
const DISCONNECT_CODES = [
  0x0, 0x1, 0x2, 0x3, 0x104, 0x106, 0x108, 0x10a, 0x204, 0x206, 0x208, 0x304, 0x306, 0x308, 0x404, 0x406,
  0x408, 0x504, 0x506, 0x508, 0x604, 0x606, 0x608, 0x704, 0x706, 0x708, 0x804, 0x807, 0x808, 0x904, 0x906,
  0x907, 0x908, 0xa06, 0xa07, 0xb04, 0xb06, 0xb07, 0xb09, 0xc06, 0xc07, 0xc08, 0xd06, 0xd07, 0xd09, 0xe06,
  0xe07, 0xe08, 0xe09, 0xf07, 0xf08, 0x1007, 0x1107, 0x1307, 0x1104, 0x1207, 0x1407, 0x1607, 0x1707, 0x1807,
  0x1b07, 0x1c07, 0x1d07, 0x1f07, 0x2104, 0x2107, 0x2207, 0x2507, 0x2604,
];

const EXTENDED_CODES = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 25, 26, 256, 257, 258, 259, 260, 261, 262, 263, 264, 265, 266,
  267, 768, 4096, 20_000, 32_767,
];

const ERRINFO_CODES = [
  0, 1, 2, 3, 4, 5, 6, 7, 9, 0xa, 0xb, 0xc, 0xf, 0x10, 0x11, 0x12, 0x17, 0x18, 0x19, 0x1a, 0x100, 0x10a,
  0x400, 0x410, 0x412, 0x10c9, 0x1111, 0x1126, 0x1136, 0x1191, 0x1194, 0x1195,
];

const EVENTS = [
  1056, 1057, 1058, 1063, 36870, 36871, 36872, 36874, 36887, 36888, 50, 56, 261, 1006, 131, 140, 97, 98, 99,
  1026, 226,
];

/** What people name as causes of 0x904 / 0x7, by row, and what answers it: causes, or advice that is refused. */
const NAMED_CAUSES: Readonly<Record<number, readonly string[]>> = {
  1: ["certificate-renewal-fails"],
  2: ["private-key-unreadable"],
  3: ["bound-certificate-key-unreadable"],
  4: ["bound-thumbprint-gone"],
  5: ["cipher-policy", "tls-version-policy"],
  6: ["tls13-intolerant"],
  7: ["security-device", "firewall-blocks-port"],
  8: ["unstable-network", "path-mtu"],
  9: ["security-layer-mismatch"],
  10: ["connection-throttling"],
  11: ["service-not-running", "rdp-disabled", "other-port", "other-program-on-port"],
  12: ["computer-renamed"],
  13: ["name-leads-elsewhere"],
  14: ["clock-wrong"],
  15: ["session-software"],
  16: ["clear-client-caches"],
};

describe("every code of the published lists is known", () => {
  it.each<[string, readonly number[]]>([
    ["disconnect", DISCONNECT_CODES],
    ["extended", EXTENDED_CODES],
    ["errinfo", ERRINFO_CODES],
    ["failure", [1, 2, 3, 4, 5, 6, 7]],
    ["alert", [10, 20, 40, 42, 43, 45, 46, 47, 48, 49, 50, 51, 70, 71, 80, 86, 109, 112, 120]],
    ["event", EVENTS],
    ["ntstatus", [0xc000006d, 0xc0000418, 0x8009030d]],
    ["freerdp", [0x20004, 0x20008, 0x2000c, 0x2000d, 0x20014, 131_085]],
    ["nagios", [0, 1, 2, 3]],
  ])("%s, in hexadecimal and in decimal", (kind, codes) => {
    for (const code of codes) {
      const written = [`0x${code.toString(16)}`, String(code)].map((text) => explain([kind, text]).meanings);
      expect(written.map((meanings) => meanings.map(({ decimal }) => decimal))).toEqual([[code], [code]]);
    }
  });

  it("every cause that is named for 0x904 / 0x7 is a cause or refused advice", () => {
    const known = new Set([...CAUSES.map(({ code }) => code), ...REFUSED_ADVICE.map(({ id }) => id)]);
    expect(Object.keys(NAMED_CAUSES)).toHaveLength(16);
    expect(
      Object.values(NAMED_CAUSES)
        .flat()
        .filter((code) => !known.has(code)),
    ).toEqual([]);
  });
});

describe("0x904 with extended 0x7", () => {
  const both = explain(["0x904", "0x7"]);

  it("is a closed socket, and the 7 carries no cause in the handshake", () => {
    expect(both.meanings.map(({ kind, decimal }) => [kind, decimal])).toEqual([
      ["disconnect", 2308],
      ["extended", 7],
    ]);
    expect(both.together).toMatch(/socket was closed.*carries no cause.*No Microsoft text explains the pair/);
  });

  it("has its causes in order, and says what to probe", () => {
    const [reason] = both.meanings;
    const codes = reason?.causes.map(({ code }) => code) ?? [];
    expect(codes.slice(0, 2)).toEqual(["private-key-unreadable", "certificate-renewal-fails"]);
    expect(codes).toEqual(expect.arrayContaining(["cipher-policy", "tls13-intolerant", "security-device"]));
    expect(reason?.next[0]).toMatch(/^rdprobe /);
  });

  it("is the same in decimal", () => {
    expect(explain(["2308", "7"]).meanings).toEqual(both.meanings);
  });
});

describe("a number that means several things", () => {
  it("shows each of them, and a prefix picks one", () => {
    expect(kindsOf("7")).toEqual(["extended", "errinfo", "failure"]);
    expect(namesOf("failure", "7")).toEqual(["ENTRA_AUTH_REQUIRED_BY_SERVER"]);
    expect(namesOf("alert", "40")).toEqual(["handshake_failure"]);
    expect(namesOf("nagios", "2")).toEqual(["CRITICAL"]);
  });

  it("is known with the prefix of any of its tables, and then nothing of it is unknown", () => {
    const strange = MEANINGS.filter(({ kind, code }) => {
      const { meanings, unknown } = explain([kind, code]);
      return meanings.length === 0 || unknown.length > 0;
    });
    expect(strange.map(({ kind, code }) => `${kind} ${code}`)).toEqual([]);
  });

  it("names the prefixes in its text", () => {
    const text = explanationText(explain(["7"]), { color: false, columns: 100 });
    expect(text).toMatch(/7 means 3 things\n.*rdprobe explain extended 7, rdprobe explain errinfo 7/);
  });
});

describe("what is written in other ways", () => {
  it.each([
    ["3221225581", "STATUS_LOGON_FAILURE"],
    ["c000006d", "STATUS_LOGON_FAILURE"],
    ["-1073741715", "STATUS_LOGON_FAILURE"],
    ["status_logon_failure", "STATUS_LOGON_FAILURE"],
    ["HANDSHAKE_FAILURE", "handshake_failure"],
    ["0XB09", "server requires NLA"],
    ["0x00020008", "ERRCONNECT_TLS_CONNECT_FAILED"],
    ["0002000C", "ERRCONNECT_SECURITY_NEGO_CONNECT_FAILED"],
    ["131085", "ERRCONNECT_CONNECT_TRANSPORT_FAILED"],
    ["errconnect_tls_connect_failed", "ERRCONNECT_TLS_CONNECT_FAILED"],
    ["0x10009", "ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES"],
  ])("%s is %s", (text, name) => {
    expect(namesOf(text)).toEqual([name]);
  });

  it.each(["reset", "clock-skew", "private-key-unreadable", "check-clocks", "disable-nla"])(
    "%s of rdprobe's own words",
    (word) => {
      expect(explain([word]).meanings.map(({ code }) => code)).toEqual([word]);
    },
  );
});

describe("an unknown code", () => {
  it.each<[readonly string[]]>([[["0x905"]], [["alert", "41999"]], [["disconnect", "0x1b08"]], [["905"]]])(
    "%j has no meaning and no neighbour, and is worth a probe",
    (words) => {
      const { meanings, nearest, unknown, first } = explain(words);
      expect({ meanings, nearest, unknown, first }).toEqual({
        meanings: [],
        nearest: [],
        unknown: [words.at(-1)],
        first: "rdprobe server01",
      });
    },
  );

  it.each<[string, RegExp]>([
    ["machinekeys", /machine-keys/],
    ["certificate-expird", /certificate.expired/],
  ])("%s is a word that others are like", (word, first) => {
    const { meanings, nearest } = explain([word]);
    expect(meanings).toEqual([]);
    expect(nearest[0]).toMatch(first);
  });

  it.each<[readonly string[], readonly string[], readonly string[]]>([
    [["0x904", "0x1ff"], ["disconnect 0x904"], ["0x1ff"]],
    [["0x905", "0x7"], ["extended 0x7"], ["0x905"]],
    [["0x905", "0x1ff"], [], ["0x905", "0x1ff"]],
  ])("%j: what is known of two is told", (words, told, unknown) => {
    const explanation = explain(words);
    expect(explanation.meanings.map(({ kind, code }) => `${kind} ${code}`)).toEqual(told);
    expect(explanation.unknown).toEqual(unknown);
  });

  it.each([[""], ["   "], ["0x"], ["9".repeat(500)], ["\u001b[31mred"], ["__proto__"]])(
    "%j is none",
    (text) => {
      const explanation = explain([text]);
      expect(explanation.meanings).toEqual([]);
      expect(explanationText(explanation, { color: false, columns: 80 })).not.toContain("\u001b");
    },
  );
});

describe("every meaning", () => {
  it("says what it is, where it arises, how well that is known and what to do next", () => {
    for (const { kind, what, stage, source, next } of MEANINGS) {
      expect(Object.hasOwn(MEANING_KINDS, kind)).toBe(true);
      for (const text of [what, stage, source, next.join("")]) expect(text).not.toBe("");
    }
  });

  it("is the only one of its kind with its code", () => {
    const keys = MEANINGS.map(({ kind, code }) => `${kind} ${code}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("of an alert or a status has a text of its own", () => {
    const bare = MEANINGS.filter(
      ({ kind, what, name }) => (kind === "alert" || kind === "ntstatus") && what === `${name}.`,
    );
    expect(bare).toEqual([]);
  });

  it("keeps within its columns, save for commands", () => {
    for (const row of MEANINGS) {
      const text = explanationText(
        { query: [row.code], meanings: [row], together: null, nearest: [], unknown: [], first: null },
        { color: false, columns: 100 },
      );
      const commands = new Set([...row.commands, row.undo].map((command) => `    ${command}`));
      expect(text.split("\n").filter((line) => line.length > 100 && !commands.has(line))).toEqual([]);
    }
  });
});
