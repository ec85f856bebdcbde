/**
 * What is said to a person who started the executable with the mouse: which computer, the answer, whether to keep it
 * for a ticket, and a key before the window closes. It reads and writes nothing itself.
 */
import { EXIT } from "../screen/exit-code.ts";

export type GuidedEvent =
  /** What was typed, without the line's end. */
  | { readonly kind: "line"; readonly text: string }
  /** The answer is on the screen, or what was wrong with the target. */
  | { readonly kind: "probed"; readonly exitCode: number }
  | { readonly kind: "saved"; readonly path: string }
  | { readonly kind: "not-saved"; readonly reason: string }
  | { readonly kind: "key" }
  /** The input has ended, or Ctrl-C. */
  | { readonly kind: "end" };

/** `text` is shown first. */
export type GuidedAction =
  | { readonly kind: "ask"; readonly text: string }
  | { readonly kind: "probe"; readonly text: string; readonly target: string }
  | { readonly kind: "save"; readonly text: string; readonly target: string }
  | { readonly kind: "wait-for-key"; readonly text: string }
  | { readonly kind: "done"; readonly text: string; readonly exitCode: number };

export interface GuidedRun {
  /** @throws Error for an event that the action before did not ask for. */
  receive(event: GuidedEvent): void;
  /** What is to be done now. */
  next(): GuidedAction;
}

/** @param given the file that was dropped on the executable; null where a computer is to be asked for. */
export const guidedRun = (given: string | null): GuidedRun => {
  let exitCode: number = EXIT.ok;
  let action: GuidedAction =
    given === null ? { kind: "ask", text: TEXTS.welcome + TEXTS.which } : probing(given);
  let target = given;
  const end = (text: string): GuidedAction => ({ kind: "wait-for-key", text: text + TEXTS.key });
  const afterProbe = (code: number): GuidedAction => {
    exitCode = code;
    if (code === EXIT.sigint || code === EXIT.sigterm) return end(TEXTS.stopped);
    if (code === EXIT.program) return end("");
    if (code !== EXIT.usage) return { kind: "ask", text: TEXTS.save };
    // What was typed can be typed again; a file stays as it is.
    return given === null ? { kind: "ask", text: TEXTS.which } : end("");
  };
  const afterLine = (text: string): GuidedAction => {
    const word = unquoted(text);
    if (target === null || exitCode === EXIT.usage) {
      if (word === "") return { kind: "ask", text: TEXTS.example + TEXTS.which };
      target = word;
      exitCode = EXIT.ok;
      return probing(word);
    }
    if (/^y(?:es)?$/i.test(word)) return { kind: "save", text: "", target };
    return word === "" || /^no?$/i.test(word) ? end("") : { kind: "ask", text: TEXTS.save };
  };
  const afterEvent = (event: GuidedEvent): GuidedAction => {
    switch (event.kind) {
      case "line":
        return afterLine(event.text);
      case "probed":
        return afterProbe(event.exitCode);
      case "saved":
        return end(`Saved as ${event.path}\n`);
      case "not-saved":
        return end(`Not saved: ${event.reason}\n`);
      case "key":
      case "end":
        return { kind: "done", text: "\n", exitCode };
    }
  };
  return {
    receive(event) {
      if (!ANSWERS[action.kind].includes(event.kind)) {
        throw new Error(`guided run: ${event.kind} is no answer to ${action.kind}`);
      }
      action = afterEvent(event);
    },
    next: () => action,
  };
};

/** What may come after an action. */
export const ANSWERS: Readonly<Record<GuidedAction["kind"], readonly GuidedEvent["kind"][]>> = {
  ask: ["line", "end"],
  probe: ["probed"],
  save: ["saved", "not-saved"],
  "wait-for-key": ["key", "end"],
  done: [],
};

const probing = (target: string): GuidedAction => ({ kind: "probe", text: "\n", target });

/** A file that is dropped on the window of a console is typed there, in quotes where its path has spaces. */
const unquoted = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, "$2");

const TEXTS = {
  welcome: "rdprobe says why a Remote Desktop connection fails. It sends no password.\n\n",
  which: "Which computer? Type its name or address, or drop an .rdp file here: ",
  example: "For example: server01, 192.0.2.7 or server01:3390. Ctrl+C ends.\n",
  save: "\nSave this as a page for a ticket? (y/n) ",
  stopped: "Stopped.\n",
  key: "\nPress a key to close this window.",
} as const;
