// What is told in passing, and what is asked in a dialog.

import { button, el } from "./dom.js";

const STAYS = 4000; // milliseconds

/** A line at the foot of the page; an error stays until it is put away. */
export function notice(text, wrong = false) {
  const line = el("div.notice", { class: wrong ? "notice wrong" : "notice" }, el("span", {}, text));
  line.append(button("×", () => line.remove(), { "aria-label": "知道了" }));
  document.getElementById("notices").append(line);
  if (!wrong) setTimeout(() => line.remove(), STAYS);
}

/** Do `work` with `pressed` out of reach meanwhile; what goes wrong is told. Returns what it gave, undefined where it failed. */
export async function during(pressed, work) {
  if (pressed?.disabled) return undefined;
  if (pressed) pressed.disabled = true;
  try {
    return await work();
  } catch (error) {
    if (error.name !== "AbortError") notice(error.message, true);
    return undefined;
  } finally {
    if (pressed) pressed.disabled = false;
  }
}

/** A dialog round `fields`; gives what `answer` reads from them once `yes` is pressed, null where it was left. */
export function ask({ title, fields = [], yes, answer = () => true, grave = false }) {
  return new Promise((resolve) => {
    let given = null;
    const agreed = el(grave ? "button.grave" : "button.first", { type: "submit" }, yes);
    const form = el("form", { method: "dialog" }, el("h2", {}, title), fields);
    const dialog = el("dialog", { "aria-label": title }, form);
    form.append(el("div.choices", {}, button("不了", () => dialog.close()), agreed));
    form.addEventListener("submit", () => (given = answer()));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(given);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
