// The routes of the server. Every call gives what the server said, or throws a Refused with the server's own line.

import { askKey, key } from "./key.js";

export class Refused extends Error {
  name = "Refused";

  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** A response that is no error. A key that is lacking or wrong is asked for; given none, the refusal stands. */
export async function request(method, path, { body, headers = {}, signal } = {}) {
  for (;;) {
    const sent = new Headers(headers);
    if (key()) sent.set("Authorization", `Bearer ${key()}`);
    const plain = body !== undefined && !(body instanceof FormData);
    if (plain) sent.set("Content-Type", "application/json");
    const response = await reach(path, { method, headers: sent, body: plain ? JSON.stringify(body) : body, signal });
    if (response.ok) return response;
    const refused = await refusal(response);
    if (response.status !== 401 || !(await askKey(refused.message))) throw refused;
  }
}

async function reach(path, options) {
  try {
    return await fetch(path, { ...options, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "连不上服务，请看看它是否在运行，然后再试");
  }
}

async function refusal(response) {
  const said = await response.json().catch(() => ({}));
  return new Refused(response.status, said.detail ?? `服务答复 ${response.status}，请稍后再试`);
}

const json = async (...asked) => (await request(...asked)).json();
const draft = (id, rest = "") => `/v1/drafts/${encodeURIComponent(id)}${rest}`;

/** A key under which a request that is sent twice is done once. randomUUID is there on https and loopback alone. */
export const once = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const begin = (task, key) => json("POST", "/v1/drafts", { body: task, headers: { "Idempotency-Key": key } });
export const listDrafts = (offset, signal) => json("GET", `/v1/drafts?limit=50&offset=${offset}`, { signal });
export const getDraft = (id, signal) => json("GET", draft(id), { signal });
export const removeDraft = (id) => request("DELETE", draft(id));
export const approve = (id, outline) => json("PUT", draft(id, "/outline"), { body: outline });
export const resume = (id) => json("POST", draft(id, "/resume"));
export const cancel = (id) => json("POST", draft(id, "/cancel"));
/** A change of a draft as it was seen: where somebody else was quicker, the server refuses it. */
const changed = ({ id, revision }, rest, body) => json("POST", draft(id, rest), { body, headers: { "If-Match": `"${revision}"` } });
export const rewrite = (seen, path, instruction) => changed(seen, `/sections/${encodeURIComponent(path)}/rewrite`, { instruction });
export const change = (seen, changes) => changed(seen, "/change", changes);
export const fill = (seen, answers) => changed(seen, "/fill", answers);
export const addFact = (seen, fact) => changed(seen, "/facts", { fact });
export const mend = (seen, { rule, start, end }) => changed(seen, "/mend", { finding: { rule, start, end } });
export const undo = (seen, to) => changed(seen, "/undo", to ? { to } : {});
export const revisions = (id, signal) => json("GET", draft(id, "/revisions"), { signal });
export const compare = (id, before, after, signal) =>
  json("GET", draft(id, `/compare?before=${before}&after=${after}`), { signal });
export const documents = (signal) => json("GET", "/v1/corpus/documents?limit=1000", { signal });
export const document_ = (id) => json("GET", `/v1/corpus/documents/${encodeURIComponent(id)}`);
export const removeDocument = (id) => request("DELETE", `/v1/corpus/documents/${encodeURIComponent(id)}`);
export const search = (question, signal) => json("GET", `/v1/corpus/search?q=${encodeURIComponent(question)}`, { signal });

export function upload(file) {
  const form = new FormData();
  form.append("files", file);
  return json("POST", "/v1/corpus/documents", { body: form });
}

/** The document as a file, handed to the browser. A plain link could not send the key. */
export async function download(id, format, more = "") {
  const response = await request("GET", draft(id, `/export?format=${format}${more}`));
  const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "");
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name ? decodeURIComponent(name[1]) : `${id}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
