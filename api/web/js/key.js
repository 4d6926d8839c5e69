// The key of a server that wants one. It lives as long as the tab, and goes nowhere but into the header.

import { el } from "./dom.js";
import { ask } from "./notice.js";

const NAME = "key";
let asking = null;

export const key = () => sessionStorage.getItem(NAME);

/** Ask for a key, once for all requests that lack it; false where none was given. */
export function askKey(told) {
  asking ??= askOnce(told).finally(() => (asking = null));
  return asking;
}

async function askOnce(told) {
  const field = el("input", { type: "password", autocomplete: "off", required: true, autofocus: true, id: "given-key" });
  const given = await ask({
    title: "请输入密钥",
    fields: [el("p.aside", {}, told), el("label", { for: "given-key" }, "密钥"), field],
    yes: "进入",
    answer: () => field.value.trim(),
  });
  if (!given) return false;
  sessionStorage.setItem(NAME, given);
  document.getElementById("key").hidden = false;
  return true;
}

export function forgetKey() {
  sessionStorage.removeItem(NAME);
}
