// The outline as a list to be changed by hand. What stands in the page is the outline: it is read from there, and numbered by CSS.

import { button, el, grown } from "./dom.js";

const NAMES = { section: "部分", part: "小标题", point: "要点", fact: "事实" };
const EDGE = 60, SCROLL = 12; // pixels: how near to the edge a drag scrolls, and how far

/** Of an outline what is the user's: {title, sections: [{heading, role, parts: [{heading, points, facts}]}]}. */
export const editable = ({ title, sections }) => ({
  title,
  sections: sections.map(({ heading, role, parts }) => ({
    heading,
    ...(role ? { role } : {}),
    parts: parts.map((part) => ({ heading: part.heading, points: [...part.points], facts: [...part.facts] })),
  })),
});

/** Whether a section's text follows its heading at once, without headings of a second level. */
export const runsIn = ({ sections }) => sections.length > 0 && sections.every(({ heading, parts }) => parts.length === 1 && parts[0].heading === heading);

/** The editor of `outline`: {node, read}. `changed` is called after every change. */
export function outlineEditor(outline, changed) {
  const flat = runsIn(outline);
  const said = el("p.unseen", { role: "status" });
  const title = grown({ class: "title", "aria-label": "题目" }, outline.title);
  const sections = list("section", outline.sections);
  const foot = outline.sections.length ? adder("section", sections) : el("p.aside", {}, "这个文种不分部分，这里只定题目。");
  const node = el("div.outline", { oninput: changed }, title, sections, foot, said);

  function list(kind, values) {
    const tag = kind === "point" || kind === "fact" ? "ul" : "ol";
    return el(`${tag}.${kind}s`, { "data-list": kind }, values.map((value) => item(kind, value)));
  }

  function item(kind, value) {
    const text = typeof value === "string" ? value : value.heading;
    const field = grown({ "aria-label": NAMES[kind], placeholder: `写${NAMES[kind]}`, onkeydown: typed }, text);
    const handle = button("⠿", () => {}, {
      class: "handle", title: "拖动，或按上下键移动", "aria-label": `移动${NAMES[kind]}`, onpointerdown: dragged, onkeydown: moved,
    });
    const gone = button("×", removed, { class: "gone", title: `删去${NAMES[kind]}`, "aria-label": `删去${NAMES[kind]}` });
    const made = el("li", { "data-kind": kind }, el("div.line", {}, handle, el("span.number", { "aria-hidden": "true" }), field, gone));
    if (kind === "section") {
      if (value.role) made.dataset.role = value.role;
      made.append(...(flat ? below(value.parts[0]) : withAdder("part", value.parts)));
    } else if (kind === "part") made.append(...below(value));
    return made;
  }

  function below({ points, facts }) {
    return [...withAdder("point", points), facts.length ? list("fact", facts) : ""];
  }

  function withAdder(kind, values) {
    const made = list(kind, values);
    return [made, adder(kind, made)];
  }

  function adder(kind, into) {
    return button(`＋ ${NAMES[kind]}`, () => into.append(focused(item(kind, fresh(kind)))), { class: "adder" });
  }

  function fresh(kind) {
    if (kind === "section") return { heading: "", parts: [fresh("part")] };
    return kind === "part" ? { heading: "", points: [], facts: [] } : "";
  }

  function focused(made) {
    queueMicrotask(() => {
      made.querySelector("textarea").focus();
      changed();
    });
    return made;
  }

  function removed(event) {
    const one = event.target.closest("li");
    const near = one.nextElementSibling ?? one.previousElementSibling ?? one.parentElement.closest("li");
    one.remove();
    near?.querySelector("textarea").focus();
    changed();
  }

  function typed(event) {
    if (event.isComposing) return;
    const one = event.target.closest("li");
    if (event.key === "Enter") {
      event.preventDefault();
      one.after(focused(item(one.dataset.kind, fresh(one.dataset.kind))));
    } else if (event.altKey && event.key.startsWith("Arrow")) step(event, one, event.target);
  }

  function moved(event) {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") step(event, event.target.closest("li"), event.target);
  }

  /** One place up or down; at the end of its list on into the next. */
  function step(event, one, focus) {
    event.preventDefault();
    const up = event.key === "ArrowUp", kind = one.dataset.kind;
    const beside = up ? one.previousElementSibling : one.nextElementSibling;
    if (beside) beside[up ? "before" : "after"](one);
    else {
      const lists = [...node.querySelectorAll(`[data-list=${kind}]`)];
      const next = lists[lists.indexOf(one.parentElement) + (up ? -1 : 1)];
      if (!next) return;
      next[up ? "append" : "prepend"](one);
    }
    focus.focus();
    const at = [...one.parentElement.children].indexOf(one) + 1;
    said.textContent = `移到第 ${at} 位，共 ${one.parentElement.children.length} 个`;
    changed();
  }

  function dragged(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget, one = handle.closest("li"), kind = one.dataset.kind;
    one.classList.add("dragged");
    const move = ({ clientX, clientY }) => {
      if (clientY < EDGE) window.scrollBy(0, -SCROLL);
      else if (clientY > window.innerHeight - EDGE) window.scrollBy(0, SCROLL);
      place(one, kind, clientX, clientY);
    };
    const drop = () => {
      one.classList.remove("dragged");
      for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, drop);
      window.removeEventListener("pointermove", move);
      handle.focus();
      changed();
    };
    window.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, drop);
  }

  /** Put `one` where the pointer is: before or after what lies there, or into the list that lies there. */
  function place(one, kind, x, y) {
    for (const under of document.elementsFromPoint(x, y)) {
      const other = under.closest(`[data-kind=${kind}]`);
      if (other && other !== one && node.contains(other)) {
        const { top, height } = other.getBoundingClientRect();
        other[y < top + height / 2 ? "before" : "after"](one);
        return;
      }
      const into = under.querySelector?.(`:scope > [data-list=${kind}]`);
      if (into && node.contains(into) && !into.contains(one) && !one.contains(into)) return void into.append(one);
      if (other === one) return;
    }
  }

  const text = (one) => one.querySelector("textarea").value.trim();
  const lines = (above, kind) => [...above.querySelectorAll(`:scope > [data-list=${kind}] > li`)];
  const texts = (above, kind) => lines(above, kind).map(text).filter(Boolean);
  const part = (one) => ({ heading: text(one), points: texts(one, "point"), facts: texts(one, "fact") });

  function read() {
    return {
      title: title.value.trim(),
      sections: lines(node, "section").map((one) => ({
        heading: text(one),
        ...(one.dataset.role ? { role: one.dataset.role } : {}),
        parts: flat ? [part(one)] : lines(one, "part").map(part),
      })),
    };
  }

  return { node, read };
}
