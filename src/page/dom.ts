/** Elements of the page. Text becomes text nodes, here and nowhere else, and nothing becomes markup. */

export type Child = Node | string | null;

interface Listeners {
  readonly click?: (event: MouseEvent) => void;
  readonly input?: (event: Event) => void;
  readonly change?: (event: Event) => void;
  readonly keydown?: (event: KeyboardEvent) => void;
}

export interface Attributes {
  /** Null and false leave the attribute out. */
  readonly [name: string]: string | number | boolean | null;
}

/** An element with its attributes and children; a child that is null is left out. */
export const el = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
};

/** The element with its listeners. */
export const on = <E extends HTMLElement>(element: E, listeners: Listeners): E => {
  if (listeners.click !== undefined) element.addEventListener("click", listeners.click);
  if (listeners.input !== undefined) element.addEventListener("input", listeners.input);
  if (listeners.change !== undefined) element.addEventListener("change", listeners.change);
  if (listeners.keydown !== undefined) element.addEventListener("keydown", listeners.keydown);
  return element;
};

/** A button with a text and what it does. */
export const button = (
  attributes: Attributes,
  click: () => void,
  ...children: readonly Child[]
): HTMLButtonElement => on(el("button", { type: "button", ...attributes }, ...children), { click });

/** A mark of how bad it is: a word, never a colour alone. */
export const chip = (severity: string): HTMLElement =>
  el(
    "span",
    {
      class: `chip ${severity === "critical" || severity === "warning" || severity === "ok" ? severity : "info"}`,
    },
    severity,
  );

const NUMBERS = new Intl.NumberFormat("en-US");

export const thousands = (count: number): string => NUMBERS.format(count);

/** `1 host`, `1,200 hosts`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${thousands(count)} ${count === 1 ? one : many}`;
