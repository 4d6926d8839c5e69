// A draft that is being made: the outline as it comes, to be approved or not, then the sections as they are written.

import * as api from "./api.js";
import { button, el, show } from "./dom.js";
import { during, ask } from "./notice.js";
import { editable, outlineEditor, runsIn } from "./outline.js";
import { beginning, tell } from "./run.js";
import { aborted, deferred, events, pause } from "./stream.js";
import { STATUS } from "./words.js";

/** Show the run of `draft` until there is something else to show of it. */
export async function watchDraft(root, draft, signal) {
  const run = beginning();
  const head = headOf(draft), body = el("div.watch");
  show(root, el("section.desk", {}, head.node, body));
  const approved = deferred();
  const view = viewOf(body, draft, approved.resolve);
  let painting = 0;
  const paint = () => {
    painting ||= requestAnimationFrame(() => {
      painting = 0;
      head.paint(run);
      view.paint(run);
    });
  };
  try {
    head.paint(run);
    if (draft.outline) run.outline = draft.outline;
    run.waiting = draft.status === "waiting";
    paint();
    for await (const event of events(draft.id, signal, head.lost)) {
      tell(run, event);
      paint();
    }
    const now = await api.getDraft(draft.id, signal);
    if (now.speech) return void (view.followed() && window.scrollTo(0, 0));
    if (now.status === "waiting") await Promise.race([approved.promise, aborted(signal)]); // begun at the command line
    else if (now.status === "failed" || now.status === "cancelled") await Promise.race([head.stopped(now), aborted(signal)]);
    else await pause(1000, signal); // a server that starts takes it up in a moment
  } finally {
    cancelAnimationFrame(painting);
  }
}

/** The line above: how far it is, and what may be done about it. */
function headOf(draft) {
  const title = el("h1"), said = el("p.step", { role: "status" }), bar = el("progress", { max: 1, "aria-label": "写了多少" });
  const line = el("p.aside", { hidden: true }, "与服务的连接断了，正在重连；服务那边不受影响。");
  const stop = button("停下", () => during(stop, () => api.cancel(draft.id)));
  const choices = el("div.choices", {}, stop);
  const node = el("header.head", {}, el("div", {}, title, said, line), choices, bar);
  title.textContent = draft.outline?.title ?? draft.brief.title ?? draft.brief.occasion ?? draft.brief.topic;

  function paint(run) {
    if (run.outline) title.textContent = run.outline.title;
    if (run.ended) return;
    bar.hidden = run.waiting;
    if (run.waiting) said.textContent = "提纲好了。可以拖动、修改、增删，同意后就开始写。";
    else if (run.now) {
      said.textContent = `正在写第 ${run.number} 段，共 ${run.count} 段${run.tokens ? ` · 已用 ${run.tokens.toLocaleString("zh-CN")} token` : ""}`;
      bar.value = (run.number - 1) / run.count;
    } else {
      said.textContent = run.step || STATUS[draft.status];
      bar.removeAttribute("value");
    }
  }

  /** The run has failed or was stopped: wait for what the user makes of it. */
  function stopped(now) {
    bar.hidden = true;
    said.textContent = now.status === "failed" ? `没有写成：${now.error ?? "原因不明"}` : "已停下。写好的部分都留着。";
    return new Promise((resolve) => {
      const again = button("接着写", () => during(again, () => api.resume(draft.id).then(resolve)), { class: "first" });
      const away = button("删除", async () => {
        if (!(await ask({ title: "删除这篇稿子？删了不能找回。", yes: "删除", grave: true }))) return;
        await during(away, () => api.removeDraft(draft.id).then(() => (location.hash = "#/drafts")));
      });
      choices.replaceChildren(away, again);
    });
  }

  return { node, paint, stopped, lost: (down) => (line.hidden = !down) };
}

/** The outline and, beside it, the text: the editor while the outline waits. */
function viewOf(body, draft, approved) {
  let shown = null, parts = new Map(), now = null;
  const followed = () => !parts.get(now)?.place || inSight(parts.get(now).place);

  function paint(run) {
    if (!run.outline) return;
    const state = `${run.waiting} ${JSON.stringify(editable(run.outline))}`;
    if (state !== shown) {
      shown = state;
      parts = new Map();
      body.replaceChildren(...(run.waiting ? [approval(draft, run.outline, approved)] : [rail(run.outline, parts), paper(run.outline, parts)]));
    }
    if (run.waiting) return;
    const follows = followed();
    write(run, parts);
    now = run.now ?? now;
    if (follows) parts.get(run.now)?.place.scrollIntoView({ block: "nearest" });
  }

  return { paint, followed };
}

/** The editor with the button that lets the writing begin. What was changed outlives a reload. */
function approval(draft, outline, approved) {
  const name = `outline:${draft.id}`, planned = JSON.stringify(editable(outline));
  const kept = sessionStorage.getItem(name);
  const keep = () => sessionStorage.setItem(name, JSON.stringify(editor.read()));
  let editor = outlineEditor(kept ? JSON.parse(kept) : outline, keep);
  const node = el("div.approval");
  const yes = button("同意，开始写", () =>
    during(yes, async () => {
      const edited = editor.read();
      await api.approve(draft.id, JSON.stringify(edited) === planned ? undefined : edited);
      sessionStorage.removeItem(name);
      approved();
    }), { class: "first" });
  const back = button("还原", () => {
    sessionStorage.removeItem(name);
    editor = outlineEditor(outline, keep);
    node.replaceChildren(editor.node, choices);
  });
  const choices = el("div.choices", {}, back, yes);
  node.append(editor.node, choices);
  return node;
}

/** The outline as a list that says what is written. */
function rail(outline, parts) {
  const flat = runsIn(outline);
  const mark = (part, text) => {
    const made = el("li", { "data-state": "ahead" }, text);
    parts.set(part.path, { mark: made });
    return made;
  };
  const sections = outline.sections.map((section) =>
    flat
      ? mark(section.parts[0], `${section.number}${section.heading}`)
      : el("li.group", {}, `${section.number}${section.heading}`, el("ol", {}, section.parts.map((part) => mark(part, part.heading)))),
  );
  return el("details.rail", { open: window.innerWidth > 800 }, el("summary", {}, "提纲"),
    el("ol", {}, mark(outline.opening, "开头"), sections, mark(outline.closing, "结尾")));
}

/** The sheet, with a place for the text of every part. */
function paper(outline, parts) {
  const flat = runsIn(outline);
  const place = (part, before = "") => {
    const made = el("div.place");
    Object.assign(parts.get(part.path), { place: made, before });
    return made;
  };
  const sections = outline.sections.map((section) => {
    const heading = `${section.number}${section.heading}`;
    if (flat) return place(section.parts[0], `${heading}。`);
    return [
      el("p.heading.level-1", {}, heading),
      section.parts.map((part, n) => place(part, `（${"一二三四五六七八九"[n]}）${part.heading}。`)),
    ];
  });
  return el("article.paper", { "aria-label": "正在写的稿子", "aria-busy": "true" },
    el("p.title", {}, outline.title), outline.salutation ? el("p.salutation", {}, outline.salutation) : null,
    place(outline.opening), sections, place(outline.closing));
}

/** What has come since, put in its place. */
function write(run, parts) {
  for (const [path, one] of parts) {
    const now = run.parts.get(path);
    one.mark.dataset.state = now?.whole ? "written" : path === run.now ? "now" : "ahead";
    if (!now || one.text === now.text) continue;
    one.text = now.text;
    const [first = "", ...rest] = now.text.split("\n").filter(Boolean);
    const head = one.before ? el("span.run", {}, one.before) : null;
    one.place.replaceChildren(el("p.paragraph", {}, head, first), ...rest.map((line) => el("p.paragraph", {}, line)));
  }
  for (const [path, { place }] of parts) place.classList.toggle("now", path === run.now);
}

/** Whether the end of `node`, where it grows, is in the window: then the page follows it. */
function inSight(node) {
  const { bottom } = node.getBoundingClientRect();
  return bottom > 0 && bottom <= window.innerHeight;
}
