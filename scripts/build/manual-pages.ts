/** The manual pages of the package by their files' names. */
import { type CommandModel, checkModel } from "../../src/cli/words/command-model.ts";
import { CHECK_PAGE, RDPROBE_PAGE } from "./manual-facts.ts";
import { manualPage } from "./manual-page.ts";

export const manualPages = (commands: readonly CommandModel[]): ReadonlyMap<string, string> =>
  new Map([
    ["rdprobe.1", manualPage(RDPROBE_PAGE, commands)],
    ["check_rdp.1", manualPage(CHECK_PAGE, [checkModel(CHECK_PAGE.purpose)])],
  ]);
