/** Takes the screens of test/golden/screens.ts anew; what changed is for the reader of the diff to judge. */
import { keepScreen, SCREENS, startScreenLab, takeScreen } from "../test/golden/screens.ts";

const lab = await startScreenLab();
try {
  for (const screen of SCREENS) {
    keepScreen(screen, await takeScreen(screen, lab));
    process.stdout.write(`${screen.name}\n`);
  }
} finally {
  await lab.close();
}
