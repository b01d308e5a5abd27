// The live stream as text: what EventSource does, but for events of any name, with a sign of life and a status.
// Pure; cm-live.js does the reading.

// Takes pieces of text and gives whole events back: {id, type, data}. One without data only moves the place to resume
// from, and has no type. `retry` and comments only show life.
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
    const { fields } = this;
    this.fields = {};
    if (!("data" in fields) && !("id" in fields)) return [];
    return [{ id: Number(fields.id) || 0, type: "data" in fields ? (fields.type ?? "message") : "", data: fields.data ?? "" }];
  }
}

// The names under which a page hears of an event: live:<type>, live:<subject>, live:<kind of subject>.
export function namesOf(type, subject) {
  const names = [`live:${type}`];
  if (subject) names.push(`live:${subject}`, `live:${subject.split(":")[0]}`);
  return [...new Set(names)];
}

// How long to wait before the next try, in ms: at once, then doubling to half a minute, spread so that not all
// browsers come back in the same moment.
export function pause(tries, random = Math.random()) {
  return tries === 0 ? 0 : Math.min(30_000, 500 * 2 ** tries) * (0.5 + random / 2);
}

const A_CHANGE = 250; // ms for each conversation that changed
const TIMES = 20; // as long as the answer took
const LONGEST = 5000;

// How long a list rests before it asks again, in ms: the longer, the more there is to look at and the more the server has
// to do. One change shows at once; twenty a second come together, since nobody reads a list that never stands still.
export function rest(changes, took, random = Math.random()) {
  return Math.min(LONGEST, Math.max(changes * A_CHANGE, took * TIMES)) * (0.75 + random / 2);
}
