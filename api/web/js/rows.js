// A draft as the lines that are printed, each with where it stands in the text. The server counts code points, a browser does not.

export const length = (text) => [...text].length;

/**
 * The lines of a draft in order: {role, text, start, path?, level?, head?, paragraph?}.
 * `head`: how many characters of the line are its heading; `paragraph`: the number of the paragraph that stands in it.
 */
export function rowsOf(draft) {
  const { speech } = draft, rows = [];
  let at = 0, paragraph = 0;
  const put = (role, text, more = {}) => {
    for (const line of (text ?? "").split("\n").filter(Boolean)) {
      rows.push({ role, text: line, start: at, ...more });
      at += length(line) + 1;
    }
  };
  const paragraphs = (path, texts) => texts.forEach((text) => put("paragraph", text, { path, paragraph: paragraph++ }));
  const section = (one, above) => {
    const path = above + one.number.replace(/[、，]+$/, "");
    const { heading, runIn, taken } = firstLine(one);
    const more = { path, level: one.level, head: length(heading) };
    put("heading", heading + runIn, taken && one.paragraphs.length ? { ...more, paragraph: paragraph++ } : more);
    paragraphs(path, one.paragraphs.slice(taken));
    one.sections.forEach((below) => section(below, path));
  };
  put("title", speech.title);
  speech.byline.forEach((line) => put("byline", line));
  put("salutation", speech.salutation);
  paragraphs("开头", speech.opening);
  speech.sections.forEach((one) => section(one, ""));
  paragraphs("结尾", speech.closing);
  put("signature", speech.signature);
  return rows;
}

/** The line of a section's number: a run-in heading and its text, or the heading alone. */
function firstLine({ number, heading, run_in, paragraphs }) {
  const first = paragraphs[0] ?? "";
  if (run_in) return { heading: `${number}${heading}${/[！？!?]$/.test(heading) ? "" : "。"}`, runIn: first, taken: 1 };
  if (!heading && first) return { heading: number, runIn: first, taken: 1 };
  return { heading: number + heading, runIn: "", taken: 0 };
}

/**
 * A line cut at the edges of `marks` ({start, end, …} in the whole text): [{text, marks}].
 * Pieces joined are the line.
 */
export function pieces(row, marks) {
  const signs = [...row.text], end = row.start + signs.length;
  const here = marks.filter((mark) => mark.start < end && mark.end > row.start);
  const cuts = new Set([row.start, end]);
  for (const mark of here) cuts.add(Math.max(mark.start, row.start)).add(Math.min(mark.end, end));
  const edges = [...cuts].sort((a, b) => a - b);
  return edges.slice(0, -1).map((from, n) => ({
    text: signs.slice(from - row.start, edges[n + 1] - row.start).join(""),
    marks: here.filter((mark) => mark.start <= from && mark.end >= edges[n + 1]),
  }));
}

/** The row that a finding belongs to; null for one on the text as a whole, which has no place in it. */
export const rowOf = (rows, { start, end }) => (start === end ? null : (rows.findLast((row) => row.start <= start) ?? null));
