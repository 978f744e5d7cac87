// Elements without markup: text is always text, so what stands in it can never be anything else.
import { visible } from "./text";

type Child = Node | string | number | null | undefined | false;
type Props = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

/** An element; `on…` props are listeners, everything else an attribute (left out where null or false). */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name.slice(2), value as EventListener);
    else made.setAttribute(name, value === true ? "" : typeof value === "string" ? visible(value) : String(value));
  }
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    made.append(child instanceof Node ? child : visible(String(child)));
  }
  return made;
}

/** A box that fills part of its parent: the share goes through the style object, which the policy allows. */
export function bar(className: string, share: number): HTMLElement {
  const made = h("span", { class: className });
  made.style.width = `${(Math.max(0, Math.min(1, share)) * 100).toFixed(2)}%`;
  return made;
}
