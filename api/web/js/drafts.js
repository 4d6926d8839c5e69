// The drafts that are kept, the newest first.

import * as api from "./api.js";
import { button, el, show } from "./dom.js";
import { ask, during } from "./notice.js";
import { pause } from "./stream.js";
import { moment, STATUS } from "./words.js";

const OFTEN = 3000; // milliseconds between looks while something is being written

export async function draftsView(root, { offset = 0 }, signal) {
  for (;;) {
    const list = await api.listDrafts(offset, signal);
    if (!root.contains(document.activeElement)) show(root, page(list, offset));
    if (!list.drafts.some(({ status }) => status === "queued" || status === "in_progress")) return;
    await pause(OFTEN, signal);
  }
}

function page({ drafts, total }, offset) {
  const turns = [
    offset > 0 ? el("a", { href: `#/drafts?from=${Math.max(0, offset - 50)}` }, "较新的") : null,
    offset + drafts.length < total ? el("a", { href: `#/drafts?from=${offset + 50}` }, "较早的") : null,
  ];
  const rows = drafts.length
    ? el("ul.list", {}, drafts.map(row))
    : el("p.empty", {}, "还没有稿子。", el("a", { href: "#/" }, "起草第一篇"));
  return el("section.desk", {}, el("header.head", {}, el("div", {}, el("h1", {}, "稿件"), el("p.step", {}, `共 ${total} 篇`))), rows, el("div.choices", {}, turns));
}

function row({ id, status, title, revision, updated, error }) {
  const gone = button("删除", async () => {
    if (!(await ask({ title: `删除《${title}》？各版都会删去，不能找回。`, yes: "删除", grave: true }))) return;
    await during(gone, () => api.removeDraft(id).then(() => line.remove()));
  }, { class: "quiet", "aria-label": `删除《${title}》` });
  const line = el("li", {},
    el("a.what", { href: `#/drafts/${id}` }, title),
    el("span", { class: `status ${status}` }, STATUS[status]),
    el("span.aside", {}, `${moment(updated)}${revision > 1 ? ` · 第 ${revision} 稿` : ""}${error ? ` · ${error}` : ""}`), gone);
  return line;
}
