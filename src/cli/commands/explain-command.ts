/** `rdprobe explain <code> [extended]`: what a code says, and what it does not say. No network. */
import { Argument, Command, Option } from "commander";
import { EXIT } from "../screen/exit-code.ts";
import { type ColorChoice, type Terminal, wantsColor, widthOf } from "../screen/terminal.ts";

interface ExplainFlags {
  readonly json?: true;
  readonly color: ColorChoice;
}

const EXAMPLES = `
Examples:
  rdprobe explain 0x904 0x7       what mstsc's dialog says, and what it does not
  rdprobe explain "Fehlercode: 0x904 Erweiterter Fehlercode: 0x7"
                                  the dialog as Ctrl+C copies it, in any language
  rdprobe explain - < event.txt   a text with codes in it, such as an event, from stdin
  rdprobe explain 2825            decimal or hexadecimal
  rdprobe explain alert 40        one of several meanings: disconnect, extended, errinfo, failure, alert,
                                  event, ntstatus, hresult, win32, gateway, guacamole, freerdp, nagios,
                                  verdict, finding, cause, remedy, advice
  rdprobe explain reset           a verdict, a finding, a cause, a remedy

Exit codes: 0 known, 1 not known, 2 wrong usage.`;

/** The command; `exit` takes the exit code when all is written. */
export const explainCommand = (terminal: Terminal, exit: (code: number) => void): Command =>
  new Command("explain")
    .description("say what a code of mstsc, Windows, TLS or rdprobe means, and what to probe next")
    .addArgument(new Argument("<code>", "a number, a name, a kind and a number, or a text; - for stdin"))
    .addArgument(new Argument("[extended...]", "mstsc's extended code, the number of the kind, more words"))
    .option("--json", "as JSON")
    .addOption(new Option("--color <when>", "colours").choices(["auto", "always", "never"]).default("auto"))
    .addHelpText("after", EXAMPLES)
    .action(async (code: string, extended: readonly string[], flags: ExplainFlags) => {
      const words = code === "-" && extended.length === 0 ? [await pasted(terminal)] : [code, ...extended];
      exit(await explainCode(words, flags, terminal));
    });

/** No dialog and no event is longer; what comes after it is not read. */
const MAX_PASTED = 65_536;

const pasted = async ({ stdin }: Terminal): Promise<string> => {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stdin?.() ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= MAX_PASTED) break;
  }
  return text.slice(0, MAX_PASTED);
};

const explainCode = async (
  words: readonly string[],
  flags: ExplainFlags,
  terminal: Terminal,
): Promise<number> => {
  const { explain } = await import("../../explain/explain.ts");
  const explanation = explain(words);
  const isKnown = explanation.meanings.length > 0;
  if (flags.json === true) terminal.stdout.write(`${JSON.stringify(explanation, null, 2)}\n`);
  else {
    const { explanationText } = await import("../../report/text/explanation-text.ts");
    const form = { color: wantsColor(flags.color, terminal, false), columns: widthOf(terminal) };
    const text = explanationText(explanation, form);
    (isKnown ? terminal.stdout : terminal.stderr).write(text);
  }
  return isKnown ? EXIT.ok : EXIT.failOn;
};
