// Server-sent events over fetch: an EventSource cannot send a key. Broken off, it goes on after the last number that came.

import { Refused, request } from "./api.js";

const FIRST_WAIT = 500, LONGEST_WAIT = 10_000; // milliseconds

/**
 * The events of a draft, each once and in order, until nothing is left to tell: {number, name, data}.
 * `lost` is told whether the line is down. Throws a Refused that will not pass by itself.
 */
export async function* events(id, signal, lost = () => {}) {
  let after = 0, wait = FIRST_WAIT;
  for (;;) {
    try {
      const headers = { Accept: "text/event-stream", "Last-Event-ID": String(after) };
      const response = await request("GET", `/v1/drafts/${encodeURIComponent(id)}/events`, { headers, signal });
      if (response.status === 204) return;
      lost(false);
      for await (const event of read(response.body)) {
        after = event.number;
        wait = FIRST_WAIT;
        yield event;
      }
    } catch (error) {
      const passes = error instanceof Refused ? error.status === 0 || error.status === 429 || error.status >= 500 : error instanceof TypeError;
      if (signal.aborted || !passes) throw error;
      lost(true);
      await pause(wait, signal);
      wait = Math.min(2 * wait, LONGEST_WAIT);
    }
  }
}

/** The events in a stream of bytes, by the rules of the standard: fields up to a blank line, comments left out. */
async function* read(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

export function eventOf(block) {
  const fields = { event: "message", data: [] };
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (name === "data") fields.data.push(value);
    else if (name) fields[name] = value;
  }
  return fields.data.length ? { number: Number(fields.id), name: fields.event, data: JSON.parse(fields.data.join("\n")) } : null;
}

export const pause = (milliseconds, signal) =>
  Promise.race([new Promise((resolve) => setTimeout(resolve, milliseconds)), aborted(signal)]);

/** A promise that is fulfilled from elsewhere, and what fulfils it. */
export function deferred() {
  let resolve;
  const promise = new Promise((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}

/** Never fulfilled: rejected once `signal` is aborted. */
export const aborted = (signal) =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
