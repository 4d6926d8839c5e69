// A draft over HTTP with JavaScript (a browser or Node 18+): begin, follow over broken connections.
// EventSource sends no Authorization header; this reads the same stream with fetch and resumes by Last-Event-ID.

export async function* events(url, key, draft) {
  let last = "0";
  for (;;) {
    try {
      const headers = { Authorization: `Bearer ${key}`, "Last-Event-ID": last };
      const answer = await fetch(`${url}/v1/drafts/${draft}/events`, { headers });
      if (answer.status === 204) return; // nothing is left to tell
      if (!answer.ok) throw Object.assign(new Error(await answer.text()), { final: true });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ""; ; ) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
        for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
          const lines = text.slice(0, end).split("\n").filter((line) => !line.startsWith(":"));
          if (!lines.length) continue; // a comment that keeps the connection open
          const event = Object.fromEntries(lines.map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]));
          last = event.id;
          yield { number: Number(event.id), name: event.event, data: JSON.parse(event.data) };
        }
      }
    } catch (error) {
      if (error.final) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

export async function draft(url, key, brief) {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const answer = await fetch(`${url}/v1/drafts`, { method: "POST", headers, body: JSON.stringify(brief) });
  if (!answer.ok) throw new Error((await answer.json()).detail);
  return (await answer.json()).id;
}

if (typeof process !== "undefined" && process.argv[1]?.endsWith("draft.mjs")) {
  const [url, key] = [process.env.JIANGGAO_URL ?? "http://127.0.0.1:8000", process.env.JIANGGAO_KEY ?? "none"];
  const id = await draft(url, key, { request: process.argv.slice(2).join(" ") });
  for await (const { name, data } of events(url, key, id)) console.log(name, data.path ?? data.status ?? "");
}
