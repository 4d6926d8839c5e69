// The corpus: the office's own past speeches. Files are taken in one by one, and of each is told what was dropped, and why.

import * as api from "./api.js";
import { button, el, show } from "./dom.js";
import { ask, during, notice } from "./notice.js";
import { REASON, ROLE, TAKEN } from "./words.js";

const TYPES = ".txt,.md,.docx,.html,.htm,.pdf,.zip";
const NO_YEAR = [0, 9999];

export async function corpusView(root, { question = "" }, signal) {
  const results = el("ul.list.taken", { "aria-live": "polite" }), kept = el("div"), found = el("div", { "aria-live": "polite" });
  show(root, el("section.desk.corpus", {},
    el("header.head", {}, el("div", {}, el("h1", {}, "语料"), el("p.step", {}, "本单位的旧稿。起草时照着它们的路数写，不照抄。"))),
    dropPlace((files) => take(files, results, refresh)), results, searchForm(question), found,
    el("h2", {}, "已收的文稿"), kept));
  const refresh = async () => kept.replaceChildren(documentList(await api.documents(signal), refresh));
  await refresh();
  if (question) found.replaceChildren(hits(await api.search(question, signal)));
}

/** Where files are dropped or chosen. */
function dropPlace(taken) {
  const input = el("input", { type: "file", id: "files", multiple: true, accept: TYPES, class: "unseen", onchange: () => taken([...input.files]).then(() => (input.value = "")) });
  const place = el("label.drop", { for: "files" }, el("b", {}, "把旧稿拖到这里"), el("span", {}, "或按一下来选，可以一次选几个：Word、PDF、网页、文本，或它们的压缩包"));
  for (const name of ["dragenter", "dragover"]) place.addEventListener(name, (event) => (event.preventDefault(), place.classList.add("over")));
  for (const name of ["dragleave", "drop"]) place.addEventListener(name, () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => (event.preventDefault(), taken([...event.dataTransfer.files])));
  return el("div", {}, input, place);
}

async function take(files, results, refresh) {
  const rows = files.map((file) => el("li", {}, el("b.what", {}, file.name), el("span.status.queued", {}, "等着")));
  results.prepend(...rows);
  for (const [n, file] of files.entries()) {
    rows[n].querySelector(".status").textContent = "正在读……";
    try {
      const taken = await api.upload(file);
      rows[n].replaceWith(...taken.files.map(uploadRow));
    } catch (error) {
      rows[n].replaceWith(uploadRow({ row: { name: file.name, status: "refused", reason: error.message, passages: 0 }, dropped: [] }));
    }
  }
  await refresh().catch((error) => notice(error.message, true));
}

function uploadRow({ row, dropped }) {
  const said = [row.reason, row.passages ? `${row.passages} 个片段` : null, dropped.length ? `略去 ${dropped.length} 处` : null].filter(Boolean).join(" · ");
  const lines = dropped.map(({ line, text, reason }) => el("tr", {}, el("td", {}, `第 ${line} 行`), el("td", {}, REASON[reason] ?? reason), el("td", {}, text)));
  return el("li", {}, el("b.what", {}, row.name), el("span", { class: `status ${row.status}` }, TAKEN[row.status]), el("span.aside", {}, said),
    dropped.length ? el("details.dropped", {}, el("summary", {}, "略去了什么"), el("table", {}, el("tbody", {}, lines))) : null);
}

function documentList({ documents, total }, refresh) {
  if (!total) return el("p.empty", {}, "还没有文稿。没有旧稿也能写，有了写得更像。");
  return el("ul.list", {}, documents.map((one) => documentRow(one, refresh)));
}

function documentRow({ id, name, title, genre, passages, noise, truncated, remark, since, until }, refresh) {
  const said = [genre, yearsOf(since, until), `${passages} 个片段`, noise ? `略去 ${noise} 处` : null, truncated ? "不完整" : null, remark].filter(Boolean).join(" · ");
  const gone = button("移除", async () => {
    if (!(await ask({ title: `从语料里移除《${title}》？原来的文件不动。`, yes: "移除", grave: true }))) return;
    await during(gone, () => api.removeDocument(id).then(refresh));
  }, { class: "quiet", "aria-label": `移除《${title}》` });
  const text = el("div.passages");
  const open = el("details.dropped", {}, el("summary", {}, "看内容"), text);
  open.addEventListener("toggle", () => during(null, async () => {
    if (open.open && !text.children.length) text.append(...(await api.document_(id)).passages.map(passageNode));
  }));
  return el("li", {}, el("b.what", { title: name }, title), el("span.aside", {}, said), gone, open);
}

/** The years in which a document can have been spoken, null where nothing tells. */
function yearsOf(since, until) {
  if (since === until) return `${since}年`;
  if (until === NO_YEAR[1]) return since === NO_YEAR[0] ? null : `${since}年以后`;
  return since === NO_YEAR[0] ? `${until}年以前` : `${since}—${until}年`;
}

const passageNode = ({ heading, path, role, text }) =>
  el("div.passage", {}, el("p.aside", {}, [...new Set([path, heading, ROLE[role]])].filter(Boolean).join(" · ")), el("blockquote", {}, text));

function searchForm(question) {
  const field = el("input", { type: "search", name: "q", value: question, maxlength: 500, required: true, placeholder: "找一段旧稿，比如：红色物业", "aria-label": "找旧稿" });
  const sent = (event) => {
    event.preventDefault();
    location.hash = `#/corpus?q=${encodeURIComponent(field.value.trim())}`;
  };
  return el("form.find", { onsubmit: sent, role: "search" }, field, el("button", { type: "submit" }, "查找"));
}

function hits(found) {
  if (!found.length) return el("p.empty", {}, "没有找到。");
  return el("ul.list", {}, found.map(({ passage }) => el("li", {}, el("b.what", {}, `《${passage.title}》`), passageNode(passage))));
}
