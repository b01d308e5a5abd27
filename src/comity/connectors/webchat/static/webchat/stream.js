// The visitor's live stream, read by fetch because EventSource can't send a token. Pure but for `read`.

const SILENCE = 45_000; // the server shows life each 15 s

// Takes pieces of text and gives whole events back: {id, type, data}. Comments only show life.
export class Parser {
  constructor() {
    this.rest = "";
    this.fields = {};
  }

  feed(text) {
    const all = this.rest + text;
    const half = all.endsWith("\r") ? "\r" : ""; // its \n may come with the next piece
    const lines = all.slice(0, all.length - half.length).split(/\r\n|\n|\r/);
    this.rest = lines.pop() + half;
    const events = [];
    for (const line of lines) {
      if (line === "") events.push(...this.finish());
      else this.take(line);
    }
    return events;
  }

  take(line) {
    const [, name, value] = line.match(/^([^:]*):? ?(.*)$/);
    if (name === "data") this.fields.data = "data" in this.fields ? `${this.fields.data}\n${value}` : value;
    else if (name === "event") this.fields.type = value;
    else if (name === "id") this.fields.id = value;
  }

  finish() {
    const { id, type = "message", data } = this.fields;
    this.fields = {};
    if (id === undefined && data === undefined) return [];
    return [{ id: id ?? "", type: data === undefined ? "" : type, data: data ?? "" }];
  }
}

// Reads until the stream ends, is aborted or is silent for too long; `hear` gets each event, `alive` hears of every sign of
// life. Throws {status} where the server refuses.
export async function read({ url, token, last, signal, hear, alive = () => {} }) {
  const attempt = new AbortController();
  const stop = () => attempt.abort();
  signal.addEventListener("abort", stop, { once: true });
  let watch = setTimeout(stop, SILENCE);
  const headers = { Accept: "text/event-stream", Authorization: `Bearer ${token}`, ...(last && { "Last-Event-ID": last }) };
  try {
    const answer = await fetch(url, { headers, signal: attempt.signal, cache: "no-store", credentials: "omit" });
    if (!answer.ok) throw Object.assign(new Error("stream"), { status: answer.status, after: Number(answer.headers.get("Retry-After")) || 0 });
    const parser = new Parser();
    const text = new TextDecoder();
    const reader = answer.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      clearTimeout(watch);
      watch = setTimeout(stop, SILENCE);
      alive();
      parser.feed(text.decode(piece.value, { stream: true })).forEach(hear);
    }
  } finally {
    clearTimeout(watch);
    signal.removeEventListener("abort", stop);
    attempt.abort();
  }
}
