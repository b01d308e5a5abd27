// The work that a browser shows while the server is under attack: a number whose digest begins with enough zeros. Counted
// here rather than by crypto.subtle, which pages without TLS have not and which is slow for many short texts.

const AT_ONCE = 2000; // between two pauses, so that the page stays alive

export async function prove({ salt, bits }) {
  for (let number = 0; ; number += 1) {
    if (isEnough(sha256(`${salt}:${number}`), bits)) return { salt, number };
    if (number % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setTimeout(resolve));
  }
}

export function isEnough(words, bits) {
  const whole = Math.floor(bits / 32);
  const rest = bits % 32;
  return words.slice(0, whole).every((word) => word === 0) && (rest === 0 || words[whole] >>> (32 - rest) === 0);
}

const primes = [];
for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
const fraction = (number) => ((number - Math.floor(number)) * 2 ** 32) >>> 0;
const ROUNDS = primes.map((prime) => fraction(Math.cbrt(prime)));
const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

// The digest of a text as eight numbers of 32 bits (FIPS 180-4).
export function sha256(text) {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(new ArrayBuffer((((bytes.length + 8) >> 6) + 1) * 64));
  bytes.forEach((byte, at) => view.setUint8(at, byte));
  view.setUint8(bytes.length, 0x80);
  view.setUint32(view.byteLength - 4, bytes.length * 8);
  let state = START;
  for (let at = 0; at < view.byteLength; at += 64) state = block(state, view, at);
  return state;
}

const turn = (word, by) => (word >>> by) | (word << (32 - by));

function block(state, view, at) {
  const words = new Array(64);
  for (let i = 0; i < 64; i += 1) words[i] = i < 16 ? view.getUint32(at + i * 4) : mixed(words, i);
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[i] + words[i];
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [a, b, c, d, e, f, g, h] = [(one + two) >>> 0, a, b, c, (d + one) >>> 0, e, f, g];
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => (word + state[i]) >>> 0);
}

function mixed(words, i) {
  const [near, far] = [words[i - 15], words[i - 2]];
  const one = turn(near, 7) ^ turn(near, 18) ^ (near >>> 3);
  const two = turn(far, 17) ^ turn(far, 19) ^ (far >>> 10);
  return (words[i - 16] + one + words[i - 7] + two) >>> 0;
}
