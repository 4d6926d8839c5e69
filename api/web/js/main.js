// Where it begins: the address says what is shown, so that a reload shows the same.

import * as api from "./api.js";
import { el, show } from "./dom.js";
import { corpusView } from "./corpus.js";
import { draftsView } from "./drafts.js";
import { forgetKey, key } from "./key.js";
import { readDraft } from "./read.js";
import { compareView } from "./revisions.js";
import { watchDraft } from "./watch.js";
import { writeView } from "./write.js";

const main = document.getElementById("main");
let leaving = new AbortController();

/** The view and its parameters that an address means. */
function route(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [room = "", id, what, before, after] = path.split("/").map(decodeURIComponent);
  const asked = new URLSearchParams(query);
  if (room === "corpus") return ["corpus", corpusView, { question: asked.get("q") ?? "" }];
  if (room === "drafts" && what === "compare") return ["drafts", compareView, { id, before: Number(before), after: Number(after) }];
  if (room === "drafts" && id) return ["drafts", draftView, { id }];
  if (room === "drafts") return ["drafts", draftsView, { offset: Number(asked.get("from") ?? 0) }];
  return ["ask", writeView, {}];
}

/** A draft, whatever becomes of it while one looks. */
async function draftView(root, { id }, signal) {
  for (;;) {
    const draft = await api.getDraft(id, signal);
    await (draft.speech ? readDraft : watchDraft)(root, draft, signal);
  }
}

async function go() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving, [name, view, asked] = route(location.hash);
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const root = el("div");
  main.replaceChildren(root);
  window.scrollTo(0, 0);
  try {
    await view(root, asked, signal);
  } catch (error) {
    if (signal.aborted) return;
    show(root, el("section.desk.empty", { role: "alert" }, el("h1", {}, "没能打开"), el("p", {}, error.message), el("a", { href: "#/drafts" }, "看看稿件")));
    if (!(error instanceof api.Refused)) throw error;
  }
}

/** A menu closes where one presses beside it, or Escape. */
function closeMenus({ target, key }) {
  for (const menu of document.querySelectorAll("details.more[open]")) if (key === "Escape" || (!key && !menu.contains(target))) menu.open = false;
}

document.addEventListener("pointerdown", closeMenus);
document.addEventListener("keydown", closeMenus);
const changeKey = document.getElementById("key");
changeKey.hidden = !key();
changeKey.addEventListener("click", () => (forgetKey(), (changeKey.hidden = true), go()));
window.addEventListener("hashchange", go);
go();
