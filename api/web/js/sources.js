// What a paragraph was written from.

import * as api from "./api.js";
import { button, el } from "./dom.js";
import { during } from "./notice.js";

const LATER = 150; // milliseconds that a pointer must rest on a paragraph

/** The card beside the text: {node, look}. `look(number)` shows the sources of a paragraph. */
export function sourcesCard(draft) {
  const list = el("div", {}, el("p.aside", {}, "把指针放到一段上，或用 Tab 键走到那一段，这里就列出它参考了哪些旧稿。"));
  const node = el("section.sources", { "aria-label": "来源", "aria-live": "polite" }, el("h2", {}, "来源"), list);
  let shown = null, timer = 0;

  function look(number) {
    clearTimeout(timer);
    if (number !== shown) timer = setTimeout(() => paint(number), LATER);
  }

  function paint(number) {
    shown = number;
    node.classList.add("looked");
    const { path, sources } = draft.paragraphs[number];
    node.querySelector("h2").textContent = `来源 · ${path}`;
    if (sources.length) list.replaceChildren(el("ul", {}, sources.map(sourceRow)));
    else list.replaceChildren(el("p.aside", {}, "这一段没有参考旧稿。"));
  }

  return { node, look };
}

function sourceRow(source) {
  const text = el("div");
  const open = button("看原文", () => during(open, async () => {
    const passage = await passageOf(source);
    text.replaceChildren(el("blockquote", {}, passage ?? "语料库里已没有这段原文。"));
    open.remove();
  }), { class: "quiet" });
  return el("li", {}, el("b", {}, `《${source.document}》`), source.heading ? ` ${source.heading} ` : " ", open, text);
}

/** The text of a source, undefined where it is no longer in the corpus. */
async function passageOf(source) {
  const { documents } = await api.documents();
  for (const { id } of documents.filter(({ title }) => title === source.document)) {
    const { passages } = await api.document_(id);
    const found = passages.find((passage) => passage.id === source.passage);
    if (found) return found.text;
  }
  return undefined;
}
