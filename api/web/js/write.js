// A new draft: in plain words, or by the form of a brief.

import * as api from "./api.js";
import { button, el, show } from "./dom.js";
import { during } from "./notice.js";
import { GENRES } from "./words.js";

const KEPT = "task";
const EXAMPLES = [
  "请为市委书记起草在全市安全生产工作会议上的讲话，约2000字，突出燃气整治和隐患排查",
  "写一篇区委书记在基层治理推进会上的交流发言，1500字，讲网格化管理、红色物业、为基层减负",
  "为局长起草在机关党建工作会上的表态发言，800字",
];
const LISTS = ["points", "facts", "taboos"];
/** The fields of the form: name, label, what may stand in it, attributes. */
const FIELDS = [
  ["topic", "主题", "党建引领城市基层治理"],
  ["occasion", "场合", "全市城市基层治理重点工作推进会"],
  ["speaker", "讲话人", "市委书记"],
  ["audience", "听众", "各县区委书记、市直有关部门负责人"],
  ["date", "日期", "2026年3月5日"],
  ["place", "地点", "市委礼堂"],
  ["length", "字数", "3000", { type: "number", min: 300, max: 20000 }],
  ["sections", "分几个部分", "3", { type: "number", min: 2, max: 9 }],
  ["title", "题目（可不填）", "按场合自动拟"],
];
const TEXTS = [
  ["points", "要点，一行一个", "网格化管理\n红色物业\n为基层减负", 4],
  ["facts", "事实和数字，一行一条；稿子里只会写这里有的", "全市已划分网格1632个", 4],
  ["taboos", "不要提的，一行一个", "", 2],
  ["notes", "其他说明", "", 2],
];

export function writeView(root) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  const request = el("textarea", { id: "request", name: "request", rows: 4, maxlength: 4000, value: kept.request ?? "", placeholder: "说说要写什么：谁讲、在什么会上讲、讲什么、多少字" });
  const examples = el("div.quick", { "aria-label": "例子" }, EXAMPLES.map((words) => button(words, () => {
    request.value = words;
    request.focus();
    keep();
  })));
  const genre = el("select", { id: "genre", name: "genre" }, el("option", { value: "" }, "按所说的定"), GENRES.map((name) => el("option", { value: name, selected: kept.genre === name }, name)));
  const single = FIELDS.map(([name, label, hint, more = {}]) => field(label, el("input", { id: name, name, maxlength: 200, placeholder: hint, value: kept[name] ?? "", ...more })));
  const texts = TEXTS.map(([name, label, hint, rows]) => field(label, el("textarea", { id: name, name, rows, placeholder: hint, value: kept[name] ?? "" }), "wide"));
  const brief = el("details.brief", { open: Object.keys(kept).some((name) => name !== "request" && name !== "approve_outline" && kept[name]) },
    el("summary", {}, "填表写得更准"), el("div.fields", {}, field("文种", genre), single, texts));
  const outline = el("input", { type: "checkbox", name: "approve_outline", checked: kept.approve_outline !== "" });
  const go = el("button.first", { type: "submit" }, "起草");
  const pressed = (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.requestSubmit();
  const form = el("form.ask", { onsubmit: sent, oninput: keep, onkeydown: pressed },
    el("h1", {}, "今天要写什么稿子？"),
    el("label.unseen", { for: "request" }, "写作要求"), request, examples, brief,
    el("div.choices", {}, el("label.check", {}, outline, "先看提纲，同意后再写"), go));
  let attempt = null;
  show(root, form);

  function keep() {
    attempt = null;
    sessionStorage.setItem(KEPT, JSON.stringify({ approve_outline: "", ...Object.fromEntries(new FormData(form)) }));
  }

  function sent(event) {
    event.preventDefault();
    during(go, async () => {
      attempt ??= api.once(); // the same where it is pressed again because the line broke
      const draft = await api.begin(taskOf(new FormData(form)), attempt);
      sessionStorage.removeItem(KEPT);
      location.hash = `#/drafts/${draft.id}`;
    });
  }
}

const field = (label, input, more) => el("div", { class: more ? `field ${more}` : "field" }, el("label", { for: input.id }, label), input);

/** What the server is asked for: only what was filled in. */
function taskOf(data) {
  const task = { approve_outline: data.has("approve_outline") };
  for (const [name, value] of data) {
    const text = value.trim();
    if (!text || name === "approve_outline") continue;
    if (LISTS.includes(name)) task[name] = text.split("\n").map((line) => line.trim()).filter(Boolean);
    else task[name] = ["length", "sections"].includes(name) ? Number(text) : text;
  }
  return task;
}
