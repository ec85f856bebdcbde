/** Dark and light: what the system says, until somebody says something else; print is light. */
import { button } from "./dom.ts";

const listeners: (() => void)[] = [];
const dark = matchMedia("(prefers-color-scheme: dark)");
let isPrinting = false;
let chosen: "dark" | "light" | null = null;

/** Told when colours have changed: what is drawn and not styled is to be drawn anew. */
export const onTheme = (listener: () => void): void => void listeners.push(listener);

/** The colour that a variable of page.css has now. */
export const themeColor = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A button that turns the light on and off. */
export const themeButton = (): HTMLElement => {
  const own = button({ class: "quiet", id: "theme" }, () => {
    chosen = isDark() ? "light" : "dark";
    apply();
  });
  const label = (): void => own.replaceChildren(isDark() ? "Light" : "Dark");
  onTheme(label);
  label();
  return own;
};

const isDark = (): boolean => (chosen === null ? dark.matches : chosen === "dark");

const apply = (): void => {
  document.documentElement.dataset["theme"] = !isPrinting && isDark() ? "dark" : "light";
  for (const listener of listeners) listener();
};

/** Follows the system and the printer. */
export const startTheme = (): void => {
  dark.addEventListener("change", apply);
  window.addEventListener("beforeprint", () => {
    isPrinting = true;
    apply();
  });
  window.addEventListener("afterprint", () => {
    isPrinting = false;
    apply();
  });
  apply();
};
