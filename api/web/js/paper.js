// The sheet: a draft as it will print, gaps marked by kind, findings in the margin, a section rewritten from where it stands.

import { button, el } from "./dom.js";
import { pieces, rowOf, rowsOf } from "./rows.js";
import { KIND, SEVERITY } from "./words.js";

const LINE = 28, PAGE = 22; // characters and lines, GB/T 9704-2012 5.2.3

/**
 * The sheet of `draft`: {node, gap, finding, pages}. `gap(id)` and `finding(one)` bring what they name into sight.
 * `on`: gap(id) pressed, paragraph(number) looked at, rewrite(path) and mend(finding) asked for; `still`: nothing may be changed now.
 */
export function paper(draft, on, still) {
  const rows = rowsOf(draft), findings = draft.review?.findings ?? [];
  const notes = new Map(rows.map((row) => [row, []])), general = [];
  for (const finding of findings) (notes.get(rowOf(rows, finding)) ?? general).push(finding);
  const gaps = draft.placeholders.flatMap((gap) => gap.spans.map(([start, end]) => ({ start, end, gap })));
  const flaws = findings.filter(({ start, end }) => end > start).map((finding) => ({ start: finding.start, end: finding.end, finding }));
  const marks = [...gaps, ...flaws].sort((a, b) => a.start - b.start);
  const begun = new Set();
  const node = el("article.paper.read", { "aria-label": "稿子" },
    general.length ? el("div.general", {}, general.map((finding) => noteOf(finding, on, still))) : null,
    rows.map((row) => rowNode(row)));

  function rowNode(row) {
    const first = row.path && !begun.has(row.path);
    if (first) begun.add(row.path);
    const headed = row.head ? [...marks, { start: row.start, end: row.start + row.head, head: true }] : marks;
    const level = row.level ? `.level-${row.level}` : "";
    const looked = row.paragraph === undefined ? {} : {
      tabindex: 0, "data-paragraph": row.paragraph,
      onpointerenter: () => on.paragraph(row.paragraph), onfocus: () => on.paragraph(row.paragraph),
    };
    const line = el(`p.${row.role}${level}`, looked, pieces(row, headed).map(pieceNode));
    const again = first && !still ? button("改写", () => on.rewrite(row.path), { class: "again", "aria-label": `改写 ${row.path}` }) : null;
    const beside = notes.get(row).map((finding) => noteOf(finding, on, still));
    return el("div.row", { "data-path": row.path }, line, el("aside.margin", {}, again, beside));
  }

  function pieceNode({ text, marks }) {
    const gap = marks.find((mark) => mark.gap)?.gap, finding = marks.find((mark) => mark.finding)?.finding;
    let made = marks.some((mark) => mark.head) ? el("span.run", {}, text) : text;
    if (finding) made = el("span", { class: `flaw ${finding.severity}`, title: finding.message, "data-finding": findings.indexOf(finding) }, made);
    if (!gap) return made;
    return el("mark", { class: `gap ${gap.kind}`, "data-gap": gap.id, title: `${KIND[gap.kind]}：${gap.question}`, onclick: () => on.gap(gap.id) }, made);
  }

  function gap(id, scrolled = true) {
    const places = [...node.querySelectorAll("mark")].filter((mark) => mark.dataset.gap === id);
    for (const mark of node.querySelectorAll("mark.looked")) mark.classList.remove("looked");
    for (const mark of places) mark.classList.add("looked");
    if (scrolled) places[0]?.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  function finding(one) {
    node.querySelector(`[data-finding="${findings.indexOf(one)}"]`)?.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  return { node, gap, finding, pages: pagesOf(rows) };
}

/** A finding as a note; one that has a suggestion can be mended by a press. */
function noteOf(finding, on, still) {
  const mended = finding.suggestion && !still
    ? button(`改为“${finding.suggestion}”`, (event) => on.mend(finding, event.target), { class: "mend" })
    : null;
  return el("div", { class: `note ${finding.severity}` }, el("b", {}, SEVERITY[finding.severity]), el("span", {}, finding.message), mended);
}

/** About how many pages it comes to in print. */
function pagesOf(rows) {
  const lines = rows.reduce((sum, { role, text }) => sum + Math.ceil((text.length + (role === "title" ? LINE : 2)) / LINE), 0);
  return Math.ceil(lines / PAGE);
}
