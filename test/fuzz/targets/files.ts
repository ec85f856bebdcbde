/** What strangers write into files: certificates, captures, lists, .rdp files, results, configurations, pastes. */
import { isDeepStrictEqual } from "node:util";
import { rowOfJson } from "../../../src/audit/row-of-json.ts";
import { ConfigError } from "../../../src/exporter/config-document.ts";
import { parseModules } from "../../../src/exporter/module.ts";
import { parseProbeRequest } from "../../../src/exporter/probe-request.ts";
import { parseWebConfig } from "../../../src/exporter/web-config.ts";
import { explain } from "../../../src/explain/explain.ts";
import { captureTable } from "../../../src/report/table/capture-table.ts";
import { csvFormOf, rowsOfCsv } from "../../../src/report/csv/csv-rows.ts";
import { csvHead, csvRecord, PLAIN_CSV } from "../../../src/report/csv/csv.ts";
import { jsonLine } from "../../../src/report/json/json.ts";
import { ladder } from "../../../src/report/text/ladder.ts";
import { PageBuilder } from "../../../src/report/page/page-builder.ts";
import { pageHtml } from "../../../src/report/page/page-html.ts";
import { scanListKind } from "../../../src/targets/grammar/scan-list-kind.ts";
import { scanListReader } from "../../../src/targets/grammar/scan-list.ts";
import { parseRdpFile, parseRdpLink } from "../../../src/targets/grammar/rdp-file.ts";
import { parseTargetArgument, targetsOfText } from "../../../src/targets/plan/target-text.ts";
import { VERDICTS } from "../../../src/verdict/verdicts.ts";
import { readCertificate } from "../../../src/x509/certificate-facts.ts";
import { matchesName } from "../../../src/x509/matches-name.ts";
import { createCaptureJudge } from "../../../src/scan/judge-capture.ts";
import { randomOfCase } from "../../laws/pieces/random.ts";
import { CAPTURES } from "../../laws/pieces/wire.ts";
import { RESULTS } from "../../report/results.ts";
import { handMade } from "../../x509/der.ts";
import { expectThat, type FuzzTarget } from "../target.ts";
import { UNSAFE } from "../unsafe.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const reading = new TextDecoder();

const ofText = (
  name: string,
  source: string,
  seeds: readonly string[],
  run: (text: string) => void,
): FuzzTarget => ({
  ...{ name, source: `src/${source}`, form: "text", maxBytes: 8192 },
  seeds: () => seeds.map(text),
  run: (bytes) => run(reading.decode(bytes)),
});

const certificates: FuzzTarget = {
  ...{ name: "certificate", source: "src/x509/certificate-facts.ts", form: "der", maxBytes: 8192 },
  seeds: () => [handMade()],
  run: (bytes) => {
    const facts = readCertificate(bytes);
    for (const name of ["host.example", "192.0.2.7"]) matchesName(facts, name);
    for (const date of [facts.notBefore, facts.notAfter]) date?.toISOString();
    expectThat(facts.subjectAltNames.length <= bytes.length, "more names than bytes");
  },
};

const judgedIn = (bytes: Uint8Array, sizeOf: () => number) => {
  const faults: unknown[] = [];
  const judge = createCaptureJudge({ file: "x", maxStreams: 200, onFault: (...fault) => faults.push(fault) });
  for (let at = 0; at < bytes.length; ) {
    const size = sizeOf();
    judge.receive(bytes.slice(at, at + size));
    at += size;
  }
  return { ...judge.finish(), faults };
};

const captures: FuzzTarget = {
  ...{ name: "capture", source: "src/scan/judge-capture.ts", form: "bytes", maxBytes: 65_536 },
  seeds: () => CAPTURES.filter(({ length }) => length < 30_000),
  run: (bytes) => {
    const random = randomOfCase(bytes.length, "capture", bytes[100] ?? 0);
    const whole = judgedIn(bytes, () => Math.max(1, bytes.length));
    const pieces = judgedIn(bytes, () => random.magnitude(1, 20_000));
    expectThat(isDeepStrictEqual(pieces, whole), "pieces of a capture are judged otherwise");
    for (const result of whole.results.slice(0, 3)) {
      expectThat(Object.hasOwn(VERDICTS, result.verdict.code), "a verdict that is in no table");
      const shown =
        ladder(result, { color: false, verbose: true, columns: 100 }) +
        jsonLine(result) +
        csvRecord(result, PLAIN_CSV);
      expectThat(!UNSAFE.test(shown), "text that moves the cursor");
    }
    captureTable(whole.results.slice(0, 5), { color: false, severalFiles: false, columns: 100 });
  },
};

const ROW = jsonLine(RESULTS.portClosed);
const CERTIFIED = jsonLine(RESULTS.noCertificate);
const ASSET = { script: "", style: "" } as const;
const ORIGIN = { version: "fuzz", now: new Date(0), source: null, changes: [] } as const;

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};

/** Whatever the rows say, the page has its own two scripts and no more markup than it has without them. */
const page = ofText("report-page", "report/page/page-builder.ts", [ROW, CERTIFIED], (lines) => {
  const builder = new PageBuilder();
  for (const line of lines.split("\n").slice(0, 50)) {
    const row = rowOfJson(jsonOf(line));
    if (row !== null) builder.add(row);
  }
  const html = pageHtml(builder.data(ORIGIN), ASSET);
  expectThat(
    html.match(/<script/g)?.length === 2 && html.match(/<\/script/g)?.length === 2,
    "a script in the page's data",
  );
  expectThat(
    !/<(?:img|svg|iframe|a|link rel="?style)/i.test(html.slice(html.indexOf("<body>"))),
    "markup in the page's data",
  );
});

const csv = ofText(
  "result-csv",
  "report/csv/csv-rows.ts",
  [csvHead(PLAIN_CSV) + csvRecord(RESULTS.portClosed, PLAIN_CSV)],
  (lines) => {
    const [head = "", ...records] = lines.split(/\r?\n/);
    const form = csvFormOf(head);
    if (form !== null) rowsOfCsv(records.slice(0, 100), form);
  },
);

const targets = ofText(
  "targets",
  "targets/plan/target-text.ts",
  [
    ..."server01 rdp.example:3390 192.0.2.7 [2001:db8::7]:3390 10.0.0.0/24 10.0.0.5-20 10.0-3.1-254 @hosts.txt - fe80::1%eth0".split(
      " ",
    ),
    ..."10.0.*.1 ::ffff:10.0.0.1 xn--bcher-kva.example 0.0.0.0/0 ::/0 255.255.255.255 rdp://full%20address=s:host:3389 a.rdp".split(
      " ",
    ),
  ],
  (words) => {
    parseTargetArgument(words);
    for (const entry of targetsOfText(words))
      expectThat(
        entry.ok || !UNSAFE.test(entry.problem.replaceAll("\n", "")),
        "a problem that moves the cursor",
      );
  },
);

const scans = ofText(
  "scan-lists",
  "targets/grammar/scan-list.ts",
  [
    '<?xml version="1.0"?>\n<nmaprun>\n<host><status state="up"/><address addr="10.0.0.1" addrtype="ipv4"/><ports><port protocol="tcp" portid="3389"><state state="open"/></port></ports></host>\n</nmaprun>',
    '[\n{ "ip": "10.0.0.1", "timestamp": "1", "ports": [ {"port": 3389, "proto": "tcp", "status": "open"} ] }\n]',
  ],
  (lines) => {
    const all = lines.split("\n");
    const kind = scanListKind(all.find((line) => line.trim() !== "") ?? "");
    if (kind === null) return;
    const reader = scanListReader(kind, null);
    for (const line of all) [...reader.line(line)];
    reader.end();
  },
);

const rdpFiles = ofText(
  "rdp-files",
  "targets/grammar/rdp-file.ts",
  [
    "full address:s:server01:3390\r\nserver port:i:3389\r\nloadbalanceinfo:s:tsv://x\r\ngatewayhostname:s:gw\r\ngatewayusagemethod:i:1\r\n",
    "alternate full address:s:x\nsignscope:s:Full Address\nsignature:s:AQAB\nenablecredsspsupport:i:0\nauthentication level:i:1",
  ],
  (lines) => {
    for (const file of [parseRdpFile(lines.split(/\r?\n/)), parseRdpLink(`rdp://${lines}`)]) {
      if (file.ok) expectThat(file.value.notes.length < 200, "a file fills a result with notes");
    }
  },
);

const modules = parseModules("");

const configurations = ofText(
  "exporter-configuration",
  "exporter/config-document.ts",
  [
    "modules:\n  x:\n    depth: quick\n    timeout: 5s\n    require: [nla, tls1.2]\n    forbid: [sha1]\n",
    '{"modules":{"a":{"cookie":"x"}}}',
    `tls_server_config:\n  cert_file: a\n  key_file: b\nbasic_auth_users:\n  u: $2y$10$${"a".repeat(53)}\n`,
  ],
  (document) => {
    for (const read of [parseModules, parseWebConfig]) {
      try {
        read(document);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        expectThat(!error.message.includes("\n"), "a problem of several lines");
      }
    }
  },
);

const scrapes = ofText(
  "exporter-scrapes",
  "exporter/probe-request.ts",
  ["target=a:1&module=quick&debug=true", "target=[::1]:1", "target=%5B::1%5D&module=full"],
  (query) => {
    const request = parseProbeRequest(new URLSearchParams(query), query.slice(0, 4), modules, 500);
    if (request.ok)
      expectThat(request.value.budgetMs > 0 && request.value.target.port > 0, "a request that cannot be");
  },
);

const pastes = ofText(
  "explain",
  "explain/explain.ts",
  [
    "0x904 0x7",
    "alert 40",
    "event 36874",
    "STATUS_LOGON_FAILURE",
    "Error code: 0x904\nExtended error code: 0x7",
    "private-key-unreadable",
  ],
  (words) => void explain(words.split(" ").slice(0, 400)),
);

export const FILE_TARGETS: readonly FuzzTarget[] = [
  ...[certificates, captures, page, csv, targets, scans, rdpFiles, configurations, scrapes, pastes],
];
