// The fill-in sheet: what is open is asked for once, and its answer goes to every place.

import { el } from "./dom.js";
import { KIND } from "./words.js";

const LONGEST = 200; // characters of an answer

/** The sheet of `draft`: {node, focus}. `on`: look(id) at a gap of the text, fill(answers) it. */
export function sheet(draft, on, still) {
  const open = draft.placeholders;
  if (!open.length) return { node: el("p.done", {}, "没有待填的地方。"), focus: () => {} };
  const fields = new Map();
  const send = el("button.first", { type: "submit", disabled: true }, "填入");
  const answers = () => Object.fromEntries([...fields].map(([id, field]) => [id, field.value.trim()]).filter(([, value]) => value));
  const count = () => {
    const given = Object.keys(answers()).length;
    send.disabled = still || !given;
    send.textContent = given ? `填入 ${given} 项` : "填入";
  };
  const rows = open.map((gap) => {
    const field = el("input", {
      id: `gap-${gap.id}`, maxlength: LONGEST, autocomplete: "off", placeholder: gap.mask, disabled: still,
      onfocus: () => on.look(gap.id), oninput: count,
    });
    fields.set(gap.id, field);
    return el("li", {},
      el("label", { for: `gap-${gap.id}` }, el("span", { class: `kind ${gap.kind}` }, KIND[gap.kind]), gap.question),
      el("p.context", { title: "看看在哪里", onclick: () => on.look(gap.id) }, gap.context, gap.spans.length > 1 ? el("b", {}, `　共 ${gap.spans.length} 处`) : null),
      field);
  });
  const filled = (event) => {
    event.preventDefault();
    if (!send.disabled) on.fill(answers(), send);
  };
  const node = el("form.sheet", { onsubmit: filled }, el("ul", {}, rows), el("div.choices", {}, send));
  return { node, focus: (id) => fields.get(id)?.focus() };
}
