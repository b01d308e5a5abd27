// <cm-ring>…</cm-ring>: rings while it is on the page, two soft tones every three seconds, and flashes the page's title.
// Silent where the browser allows no sound yet, and for those who asked for less motion no title flashes.

import { gettext } from "./words.js";

const EVERY = 3000;
const TONES = [660, 880]; // Hz
let sound;

function ring() {
  sound ??= new AudioContext();
  if (sound.state !== "running") return sound.resume().catch(() => {});
  TONES.forEach((pitch, number) => {
    const start = sound.currentTime + number * 0.18;
    const tone = new OscillatorNode(sound, { frequency: pitch });
    const volume = new GainNode(sound, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.08, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.4);
    tone.connect(volume).connect(sound.destination);
    tone.start(start);
    tone.stop(start + 0.45);
  });
}

class Ring extends HTMLElement {
  connectedCallback() {
    this.title0 = document.title;
    this.step();
    this.clock = setInterval(() => this.step(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.clock);
    document.title = this.title0;
  }

  step() {
    ring();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const said = `● ${gettext("Somebody waits")}`;
    document.title = document.title === said ? this.title0 : said;
  }
}

customElements.define("cm-ring", Ring);
