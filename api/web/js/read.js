// A finished draft at the desk: the sheet, and beside it what is to be filled in, what the checks say, where it comes from, its revisions.

import * as api from "./api.js";
import { button, el, show } from "./dom.js";
import { ask, during, notice } from "./notice.js";
import { paper } from "./paper.js";
import { history } from "./revisions.js";
import { sheet } from "./sheet.js";
import { sourcesCard } from "./sources.js";
import { aborted, deferred, events } from "./stream.js";
import { characters, SCORE, SEVERITY, STATUS } from "./words.js";

const QUICK = ["再充实一些", "再精练一些", "更有力一些", "多写具体做法"];
const PANELS = { fill: "待填", review: "审核", history: "版本" };

/** Show `draft` until there is another state of it to show: a job has begun, or has ended. */
export async function readDraft(root, draft, signal) {
  const under = ["queued", "in_progress"].includes(draft.status);
  const begun = deferred();
  const desk = deskOf(root, begun.resolve, under, signal);
  desk.paint(draft);
  if (!under) return Promise.race([begun.promise, aborted(signal)]);
  let last = null;
  for await (const event of events(draft.id, signal)) last = event;
  if (last?.name === "failed") notice(last.data.reason ?? "没有改成，稿子没有变", true);
  if (last?.name === "cancelled") notice("已停下，稿子没有变");
  if (last?.name === "finished") notice("改好了");
  return undefined;
}

function deskOf(root, begun, still, signal) {
  let panel = sessionStorage.getItem("panel") ?? "fill";

  /** Do a change that is done at once, and show what came of it. */
  const changed = (pressed, work, told) =>
    during(pressed, async () => {
      paint(await work());
      if (told) notice(told);
    });

  function paint(draft) {
    const sources = sourcesCard(draft);
    const on = {
      gap: (id) => choose("fill").then(() => blank.focus(id)),
      paragraph: sources.look,
      look: (id) => leaf.gap(id),
      fill: (answers, pressed) => changed(pressed, () => api.fill(draft, answers), `填好了 ${Object.keys(answers).length} 项`),
      mend: (finding, pressed) => changed(pressed, () => api.mend(draft, finding), "改好了"),
      undo: (to, pressed) => changed(pressed, () => api.undo(draft, to), "退回了"),
      rewrite: (path) => rewritten(draft, path, begun),
    };
    const leaf = paper(draft, on, still), blank = sheet(draft, on, still);
    const tabs = el("div.tabs", { role: "tablist" }), content = el("div.content", { role: "tabpanel" });
    const side = el("div.side", {}, tabs, content, sources.node);

    /** Open a panel; where there is no room beside the sheet, one that is open already is folded. */
    async function choose(name, pressed = false) {
      side.classList.toggle("folded", pressed && name === panel && !side.classList.contains("folded"));
      panel = name;
      sessionStorage.setItem("panel", name);
      tabs.replaceChildren(...Object.keys(PANELS).map((one) => tab(draft, one, one === name, () => choose(one, true))));
      content.replaceChildren(
        name === "fill" ? blank.node : name === "review" ? scores(draft, leaf.finding) : await history(draft, on, still, signal).catch((error) => el("p.aside", {}, error.message)),
      );
    }

    choose(panel);
    side.classList.add("folded");
    show(root, el("section.desk", {}, headOf(draft, leaf.pages, begun, still, changed), el("div.reading", {}, side, leaf.node)));
  }

  return { paint };
}

function tab(draft, name, chosen, press) {
  const count = name === "fill" ? draft.placeholders.length : name === "review" ? (draft.review?.findings.length ?? 0) : draft.revision;
  return el("button", { type: "button", role: "tab", "aria-selected": String(chosen), onclick: press }, PANELS[name], el("small", {}, String(count)));
}

function headOf(draft, pages, begun, still, changed) {
  const title = draft.outline?.title ?? draft.brief.topic;
  const said = `${characters(draft.text)} 字 · 印出来约 ${pages} 页`;
  const stop = button("停下", () => during(stop, () => api.cancel(draft.id)));
  const word = button("导出 Word", () => during(word, () => api.download(draft.id, "docx")), { class: "first" });
  const other = (label, ...how) => button(label, (event) => during(event.target, () => api.download(draft.id, ...how)));
  const more = el("details.more", {}, el("summary", {}, "更多"), el("div.menu", {},
    other("导出 Word，附来源", "docx", "&sources=true"), other("导出 Word，待填处不标黄", "docx", "&highlight=false"), other("导出 Markdown", "md"), other("导出纯文本", "txt"), button("打印", () => window.print()),
    button("补充一条事实", () => factAdded(draft, changed)), button("调整篇幅、讲话人", () => adjusted(draft, begun)),
    button("删除这篇稿子", () => removed(draft))));
  more.addEventListener("click", (event) => event.target.closest(".menu button") && (more.open = false));
  return el("header.head", {},
    el("div", {}, el("h1", {}, title), el("p.step", { role: "status" }, still ? `${STATUS[draft.status]}，改好后自动更新……` : said)),
    el("div.choices", {}, still ? stop : [more, word]),
    still ? el("progress", { "aria-label": "正在改写" }) : null);
}

function scores({ review }, look) {
  if (!review) return el("p.aside", {}, "没有审核结果。");
  const counts = Object.entries(SEVERITY).map(([name, word]) => `${word} ${review.findings.filter(({ severity }) => severity === name).length}`);
  const rows = Object.entries(SCORE).filter(([name]) => review.scores[name] !== null && review.scores[name] !== undefined);
  return el("div.scores", {},
    el("p", {}, el("b.overall", {}, review.scores.overall?.toFixed(0) ?? "—"), " 分　", counts.join(" · ")),
    el("dl", {}, rows.map(([name, word]) => [
      el("dt", {}, word), el("dd", {}, el("meter", { min: 0, max: 100, low: 60, high: 85, optimum: 100, value: review.scores[name], "aria-label": word }), el("span", {}, review.scores[name].toFixed(0))),
    ])),
    el("p.aside", {}, review.findings.length ? "意见写在稿子边上；带“改为”的，按一下就改。" : "没有意见。"),
    el("ul.findings", {}, review.findings.map((finding) =>
      el("li", {}, el("button", { type: "button", class: `note ${finding.severity}`, onclick: () => look(finding) }, el("b", {}, SEVERITY[finding.severity]), finding.message)))));
}

async function rewritten(draft, path, begun) {
  const field = el("textarea", { id: "instruction", rows: 4, required: true, maxlength: 1000, placeholder: "想怎么改？比如：再充实一些，突出物业党建" });
  const quick = el("div.quick", {}, QUICK.map((words) => button(words, () => {
    field.value = field.value ? `${field.value}，${words}` : words;
    field.focus();
  })));
  const instruction = await ask({
    title: `改写 ${path}`, yes: "改写",
    fields: [el("label", { for: "instruction" }, "要求"), field, quick, el("p.aside", {}, "只改这一部分，其他一字不动；改了可以撤销。")],
    answer: () => field.value.trim(),
  });
  if (instruction) await during(null, () => api.rewrite(draft, path, instruction).then(begun));
}

async function factAdded(draft, changed) {
  const field = el("textarea", { id: "fact", rows: 3, required: true, maxlength: 500, placeholder: "比如：全市已建成红色物业小区210个" });
  const fact = await ask({ title: "补充一条事实", yes: "补进去", fields: [el("label", { for: "fact" }, "事实"), field], answer: () => field.value.trim() });
  if (fact) await changed(null, () => api.addFact(draft, fact), "补进去了");
}

async function adjusted(draft, begun) {
  const labels = { speaker: "讲话人", audience: "听众", date: "日期", length: "字数" };
  const fields = Object.entries(labels).map(([name, label]) => [
    el("label", { for: `to-${name}` }, label),
    el("input", { id: `to-${name}`, name, value: draft.brief[name] ?? "", ...(name === "length" ? { type: "number", min: 300, max: 20000 } : { maxlength: 200 }) }),
  ]);
  const read = () => {
    const given = Object.keys(labels).map((name) => [name, document.getElementById(`to-${name}`).value.trim()]);
    return Object.fromEntries(given.filter(([name, value]) => value && value !== String(draft.brief[name] ?? "")).map(([name, value]) => [name, name === "length" ? Number(value) : value]));
  };
  const changes = await ask({ title: "调整篇幅、讲话人", yes: "调整", fields: [el("div.fields", {}, fields)], answer: read });
  if (changes && Object.keys(changes).length) await during(null, () => api.change(draft, changes).then(begun));
}

async function removed(draft) {
  if (!(await ask({ title: "删除这篇稿子？各版都会删去，不能找回。", yes: "删除", grave: true }))) return;
  await during(null, () => api.removeDraft(draft.id).then(() => (location.hash = "#/drafts")));
}
