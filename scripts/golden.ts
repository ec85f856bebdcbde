/** Takes the screens and the messages of test/e2e/golden anew; what changed is for the reader of the diff to judge. */
import { keepMessage, SYSTEMS, startMessageLab, takeMessages } from "../test/e2e/golden/messages.ts";
import { keepScreen, SCREENS, startScreenLab, takeScreen } from "../test/e2e/golden/screens.ts";

const lab = await startScreenLab();
try {
  for (const screen of SCREENS) {
    keepScreen(screen, await takeScreen(screen, lab));
    process.stdout.write(`${screen.name}\n`);
  }
} finally {
  await lab.close();
}

const broken = await startMessageLab();
try {
  for (const system of SYSTEMS) {
    for (const [id, text] of Object.entries(await takeMessages(system, broken))) {
      keepMessage(system, id, text);
      process.stdout.write(`${system} ${id}\n`);
    }
  }
} finally {
  await broken.close();
}
