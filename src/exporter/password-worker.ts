/** Compares passwords with bcrypt hashes in a thread of its own, so that guesses take no time from the probes. */
import { Worker } from "node:worker_threads";
import { passwordScript } from "./password-script.ts";

/** Whether a password has this hash; takes as long as the hash's cost says. */
export type ComparePassword = (password: string, hash: string) => Promise<boolean>;

interface Question {
  readonly resolve: (isRight: boolean) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly id: number;
  readonly isRight: boolean | null;
}

/** bcrypt needs 4 KiB. */
const LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8, stackSizeMb: 1 } as const;

/** What a thread was asked dies with it, and what its successor was asked does not. */
interface Comparer {
  readonly thread: Worker;
  readonly questions: Map<number, Question>;
}

let comparer: Comparer | null = null;
let lastId = 0;

/** @throws Error where the thread died; the next question starts a new one. */
export const compareInWorker: ComparePassword = async (password, hash) => {
  const { thread, questions } = comparer ?? (await started());
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    questions.set(id, { resolve, reject });
    thread.ref();
    thread.postMessage({ id, password, hash });
  });
};

const started = async (): Promise<Comparer> => {
  const script = await passwordScript();
  if (comparer !== null) return comparer;
  const questions = new Map<number, Question>();
  const thread = new Worker(script, { eval: true, execArgv: [], env: {}, resourceLimits: LIMITS });
  const own = { thread, questions };
  comparer = own;
  const fail = (error: Error): void => {
    if (comparer === own) comparer = null;
    for (const { reject } of questions.values()) reject(error);
    questions.clear();
  };
  thread
    .on("message", ({ id, isRight }: Answer) => {
      const question = questions.get(id);
      questions.delete(id);
      if (questions.size === 0) thread.unref();
      if (isRight === null) question?.reject(new Error("a password could not be compared"));
      else question?.resolve(isRight);
    })
    .on("error", fail)
    .on("exit", () => fail(new Error("the thread that compares passwords has ended")));
  return own;
};
