// Elements are made here and nowhere else. What comes from outside becomes a text node, never markup.

/**
 * An element: el("p.note", {onclick, hidden: true}, "文字", child).
 * `on…` listens, true sets a bare attribute, false and null leave one out, anything else is set as it is.
 */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "value") made.value = value;
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const button = (label, onclick, attributes = {}) => el("button", { type: "button", onclick, ...attributes }, label);

/** `root` with `children` in place of what it held, and the page scrolled as it was. */
export function show(root, ...children) {
  const at = window.scrollY;
  root.replaceChildren(...children.flat(Infinity).filter(Boolean));
  window.scrollTo(0, at);
}

/** A text field as high as its text. */
export function grown(attributes, value = "") {
  const field = el("textarea", { rows: 1, spellcheck: "false", ...attributes, value });
  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  };
  field.addEventListener("input", fit);
  let width = 0;
  new ResizeObserver(([seen]) => {
    if (seen.contentRect.width === width) return;
    width = seen.contentRect.width;
    fit();
  }).observe(field);
  return field;
}
