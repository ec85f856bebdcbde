/** Results whose every string is an attack on whoever shows it. */
import { generatedResult } from "./generated-scan.ts";

/** Each sets `window.attacked`, or leaves for another host, if anything makes markup or script of it. */
export const HOSTILE_TEXTS: readonly string[] = [
  "</script><script>window.attacked=1</script>",
  '"><img src=x onerror=window.attacked=1>',
  "<svg onload=window.attacked=1>",
  "<iframe srcdoc='<script>parent.attacked=1</script>'></iframe>",
  "<link rel=stylesheet href=http://127.0.0.1:9/x.css><img src=http://127.0.0.1:9/x.png>",
  "<!--<script>window.attacked=1//-->",
  "]]><script>window.attacked=1</script>",
  "</title></style></textarea><script>window.attacked=1</script>",
  "javascript:window.attacked=1",
  `$${"{window.attacked=1}{{window.attacked=1}}"}`,
  "<base href=http://127.0.0.1:9/><form action=http://127.0.0.1:9/><button autofocus>",
  "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
  "\u202eevil\u202c \u2066x\u2069 \u200b\u2028\u2029\u0000\u001b[31m\ud800",
  '=HYPERLINK("http://127.0.0.1:9/","x")',
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "__proto__",
  "constructor",
  "toString",
  "A".repeat(100_000),
  `\u0300${"\u0301".repeat(5000)}`,
];

/** What says what kind of thing a value is: with another one there the rest would not be read. */
const KEPT: ReadonlySet<string> = new Set(["schema"]);

const replaced = (value: unknown, text: string, key = ""): unknown => {
  if (typeof value === "string") return KEPT.has(key) ? value : text;
  if (Array.isArray(value)) return value.map((part) => replaced(part, text, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replaced(part, text, name)]));
};

/** Results with the text as every string, and with it as every string but those that say what was seen. */
export const hostileResults = (): readonly unknown[] =>
  HOSTILE_TEXTS.flatMap((text, index) => {
    const failed = generatedResult(16 * index + 12);
    const healthy = generatedResult(16 * index + 1);
    const all = replaced(failed, text);
    const seen = {
      ...healthy,
      target: { ...healthy.target, host: text },
      certificate: replaced(healthy.certificate, text),
      ntlm: replaced(healthy.ntlm, text),
      findings: replaced(failed.findings, text),
      verdict: { ...failed.verdict, summary: text, causes: replaced(failed.verdict.causes, text) },
      stages: failed.stages.map((stage) => ({ ...stage, note: text })),
    };
    const dated = {
      ...healthy,
      certificate: { ...healthy.certificate, subject: text, issuer: text },
      server: { implementation: text, version: text, confidence: "observed", evidence: [text] },
    };
    return [all, seen, dated];
  });
