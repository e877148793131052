/** A new element. Text becomes text nodes, so nothing in it is ever read as markup. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A button. `subject` is for people who hear it out of its place: "Retry cat.jpg". */
export function button(word: string, subject: string, pressed: () => void) {
  const label = new Text(word);
  const element = el("button", { type: "button" }, label, el("span", { class: "unseen" }, ` ${subject}`));
  element.addEventListener("click", pressed);
  return { element, label };
}

/** The element of index.html with this id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no element "${id}"`);
  return element;
}
