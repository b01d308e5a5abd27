// How a visitor notices that somebody wrote while they looked elsewhere: a number before the page's title, and a short
// sound for whoever switched it on.

const MARK = /^\(\d+\+?\) /;

// The page keeps changing its title itself, so only our own mark is taken off and put on. Pure.
export function titled(title, unread) {
  const plain = title.replace(MARK, "");
  return unread ? `(${unread > 99 ? "99+" : unread}) ${plain}` : plain;
}

export function markTitle(unread) {
  const title = titled(document.title, unread);
  if (title !== document.title) document.title = title;
}

let context;

// Two soft tones, made here: nothing is loaded. Browsers allow it once the visitor has clicked on the page.
export function chime() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {}); // not allowed yet: this one stays silent
  for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const from = context.currentTime + at;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, from);
    loudness.gain.exponentialRampToValueAtTime(0.08, from + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, from + 0.28);
    tone.connect(loudness).connect(context.destination);
    tone.start(from);
    tone.stop(from + 0.3);
  }
}
