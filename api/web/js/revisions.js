// The revisions of a draft: what each was made for, what differs between two, and the way back.

import * as api from "./api.js";
import { button, el, show } from "./dom.js";
import { during } from "./notice.js";
import { moment } from "./words.js";

/** The list in the panel. `on`: undo(number?, pressed) asked for. */
export async function history(draft, on, still, signal) {
  const { revisions } = await api.revisions(draft.id, signal);
  const rows = [...revisions].reverse().map(({ number, made, why, note }) => {
    const now = number === draft.revision;
    const choices = now ? el("span.aside", {}, "现稿") : [
      el("a", { href: `#/drafts/${draft.id}/compare/${number}/${draft.revision}` }, "与现稿比较"),
      button("回到此稿", (event) => on.undo(number, event.target), { class: "quiet", disabled: still }),
    ];
    return el("li", {}, el("b", {}, `第 ${number} 稿　${why}`), el("span.aside", {}, moment(made)), note ? el("p.context", {}, note.replace(/\bp\d+=/g, "")) : null,
      el("div.choices", {}, choices));
  });
  const back = button("撤销上一次改动", (event) => on.undo(null, event.target), { disabled: still || revisions.length < 2 });
  return el("div.history", {}, el("div.choices", {}, back), el("ol", { reversed: true }, rows));
}

/** The page that compares two revisions. */
export async function compareView(root, { id, before, after }, signal) {
  const { revisions } = await api.revisions(id, signal);
  const changes = await api.compare(id, before, after, signal);
  const pick = (name, chosen) => el("label", {}, name, el("select", { onchange: () => go() },
    revisions.map(({ number, why }) => el("option", { value: number, selected: number === chosen }, `第 ${number} 稿　${why}`))));
  const from = pick("从", before), to = pick("到", after);
  const go = () => (location.hash = `#/drafts/${id}/compare/${from.querySelector("select").value}/${to.querySelector("select").value}`);
  const back = button(`退回到第 ${before} 稿`, () => during(back, async () => {
    await api.undo({ id, revision: revisions.at(-1).number }, before);
    location.hash = `#/drafts/${id}`;
  }));
  show(root, el("section.desk.compare", {},
    el("header.head", {}, el("div", {}, el("h1", {}, "比较两稿"), el("p.step", {}, changes.length ? `有 ${changes.length} 处不同` : "两稿一字不差")),
      el("div.choices", {}, el("a", { href: `#/drafts/${id}` }, "回到稿子"), back)),
    el("div.choices.pick", {}, from, to),
    el("ol.changes", {}, changes.map(changeRow))));
}

function changeRow({ kind, path, pieces }) {
  const tags = { 增加: "ins", 删去: "del" };
  return el("li", {}, el("h2", {}, `${path}　${kind}`), el("p", {}, pieces.map((piece) => (tags[piece.kind] ? el(tags[piece.kind], {}, piece.text) : piece.text))));
}
