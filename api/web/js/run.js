// A run as its events tell it. Told from the first event on, it is the same after a reload as before.

/** `parts`: what is written or being written, by path; `ended`: null, or the event that ended the run. */
export const beginning = () => ({ step: "", outline: null, waiting: false, parts: new Map(), now: null, number: 0, count: 0, tokens: 0, ended: null });

/** Take one event in. */
export function tell(run, { name, data }) {
  switch (name) {
    case "state":
      Object.assign(run, { waiting: false, ended: null });
      break;
    case "step":
      run.step = data.name;
      break;
    case "outline":
      run.outline = data;
      break;
    case "section-begun":
      Object.assign(run, { now: data.path, number: data.number, count: data.count });
      run.parts.set(data.path, { text: "", whole: false });
      break;
    case "text":
      run.parts.get(data.path).text += data.text;
      break;
    case "section-written":
      run.parts.set(data.path, { text: data.text, whole: true });
      break;
    case "usage":
      run.tokens = data.prompt_tokens + data.completion_tokens;
      break;
    case "waiting":
      run.waiting = true;
      break;
    case "finished":
    case "failed":
    case "cancelled":
      Object.assign(run, { ended: { name, reason: data.reason ?? null }, now: null, waiting: false });
      break;
  }
}
