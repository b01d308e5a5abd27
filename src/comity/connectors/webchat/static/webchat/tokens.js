// Colours, type and depth of the widget: the house's own roles, on an element that no rule of the page can reach. The brand
// gives its hue and a capped part of its chroma; lightness is ours, so that every text is readable whatever the colour.

export const TOKENS = `
:host {
  all: initial !important;
  display: block !important;
  position: fixed !important;
  inset: auto 0 0 auto !important;
  inline-size: 0 !important;
  block-size: 0 !important;
  overflow: visible !important;
  z-index: 2147483000 !important;
}
@media print { :host { display: none !important; } }
.cm {
  all: initial;
  color-scheme: light dark;
  --brand: oklch(0.47 0.085 222);
  --ground-2: light-dark(oklch(0.932 0.0065 88), oklch(0.96 0.015 85 / .105));
  --sheet: light-dark(oklch(0.992 0.003 80), oklch(0.215 0.006 70));
  --sunken: light-dark(oklch(0.968 0.0045 88), oklch(0.192 0.005 75));
  --raised: light-dark(oklch(1 0 0), oklch(0.262 0.007 75));
  --hover: light-dark(oklch(0.25 0.02 75 / .045), oklch(0.95 0.02 85 / .055));
  --press: light-dark(oklch(0.25 0.02 75 / .085), oklch(0.95 0.02 85 / .095));
  --line: light-dark(oklch(0.905 0.006 88), oklch(0.295 0.007 75));
  --line-2: light-dark(oklch(0.845 0.008 85), oklch(0.365 0.008 75));
  --line-field: light-dark(oklch(0.62 0.010 80), oklch(0.58 0.010 80));
  --ink: light-dark(oklch(0.225 0.012 65), oklch(0.945 0.006 88));
  --ink-2: light-dark(oklch(0.405 0.012 68), oklch(0.790 0.008 85));
  --ink-3: light-dark(oklch(0.505 0.012 72), oklch(0.725 0.009 82));
  --pencil: light-dark(oklch(0.66 0.012 80), oklch(0.52 0.010 80));
  --good-solid: light-dark(oklch(0.580 0.120 158), oklch(0.740 0.125 158));
  --bad-tint: light-dark(oklch(0.957 0.022 25), oklch(0.285 0.045 25));
  --bad-line: light-dark(oklch(0.865 0.060 25), oklch(0.450 0.085 25));
  --bad-ink: light-dark(oklch(0.450 0.140 27), oklch(0.835 0.090 25));
  --bad-solid: light-dark(oklch(0.570 0.170 27), oklch(0.710 0.150 27));
  --bad-on-solid: light-dark(oklch(0.995 0.004 85), oklch(0.18 0.03 25));
  --brand-solid: light-dark(oklch(from var(--brand) 0.445 min(c, 0.13) h), oklch(from var(--brand) 0.80 min(c, 0.095) h));
  --brand-solid-hover: light-dark(oklch(from var(--brand) 0.39 min(c, 0.12) h), oklch(from var(--brand) 0.85 min(c, 0.085) h));
  --brand-on-solid: light-dark(oklch(0.995 0.004 85), oklch(from var(--brand) 0.20 min(c, 0.04) h));
  --brand-field: light-dark(oklch(from var(--brand) 0.445 min(c, 0.13) h), oklch(from var(--brand) 0.37 min(c, 0.085) h));
  --brand-on-field: light-dark(oklch(0.995 0.004 85), oklch(from var(--brand) 0.965 min(c, 0.02) h));
  --brand-ink: light-dark(oklch(from var(--brand) 0.42 min(c, 0.12) h), oklch(from var(--brand) 0.83 min(c, 0.09) h));
  --brand-tint: light-dark(oklch(from var(--brand) 0.962 min(c, 0.0125) h), oklch(from var(--brand) 0.285 min(c, 0.024) h));
  --brand-tint-2: light-dark(oklch(from var(--brand) 0.922 min(c, 0.024) h), oklch(from var(--brand) 0.345 min(c, 0.034) h));
  --brand-line: light-dark(oklch(from var(--brand) 0.84 min(c, 0.05) h), oklch(from var(--brand) 0.45 min(c, 0.05) h));
  --focus: light-dark(oklch(from var(--brand) 0.52 min(c, 0.14) h), oklch(from var(--brand) 0.80 min(c, 0.11) h));
  --font: "Comity Sans", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", sans-serif;
  --t-2xs: .6875rem; --t-xs: .75rem; --t-sm: .8125rem; --t-md: .875rem; --t-lg: 1rem;
  --lift-1: 0 1px 1.5px light-dark(oklch(.3 .03 70 / .07), oklch(0 0 0 / .35)), 0 0 0 1px light-dark(oklch(.3 .03 70 / .065), oklch(1 0 0 / .055));
  --lift-2: 0 1px 2px light-dark(oklch(.3 .03 70 / .06), oklch(0 0 0 / .4)), 0 6px 18px -4px light-dark(oklch(.3 .03 70 / .13), oklch(0 0 0 / .5)), 0 0 0 1px light-dark(oklch(.3 .03 70 / .07), oklch(1 0 0 / .07));
  --lift-3: 0 2px 6px light-dark(oklch(.3 .03 70 / .07), oklch(0 0 0 / .45)), 0 24px 56px -12px light-dark(oklch(.3 .03 70 / .28), oklch(0 0 0 / .7)), 0 0 0 1px light-dark(oklch(.3 .03 70 / .08), oklch(1 0 0 / .08));
  --ease: cubic-bezier(.2, .7, .2, 1);
  --d-1: 90ms; --d-2: 160ms; --d-3: 260ms;
  display: block;
  color: var(--ink);
  font: 400 var(--t-md)/1.4 var(--font);
  -webkit-font-smoothing: antialiased;
  text-rendering: optimizeLegibility;
  accent-color: var(--brand-solid);
}
/* Browsers that can't count with colours show the widget in our own, light. */
@supports not (color: light-dark(oklch(from red l c h), red)) {
  .cm {
    color-scheme: light;
    --ground-2: #ebe9e5; --sheet: #fdfcfb; --sunken: #f6f4f1; --raised: #fff; --hover: #0000000b; --press: #00000016;
    --line: #e3e0dc; --line-2: #d1cdc7; --line-field: #88847e; --ink: #1f1b17; --ink-2: #4c4742; --ink-3: #68635d; --pencil: #96918b;
    --good-solid: #1d8a57; --bad-tint: #fdecea; --bad-line: #f0bdb6; --bad-ink: #8c1d18; --bad-solid: #c4362c; --bad-on-solid: #fff;
    --brand-solid: #075b71; --brand-solid-hover: #024a5d; --brand-on-solid: #fff; --brand-field: #075b71; --brand-on-field: #fff;
    --brand-ink: #075469; --brand-tint: #eef4f6; --brand-tint-2: #dbe9ed; --brand-line: #a9cad4; --focus: #0b7592;
    --lift-1: 0 0 0 1px #0000001a; --lift-2: 0 6px 18px -4px #00000033, 0 0 0 1px #0000001a; --lift-3: 0 24px 56px -12px #00000059, 0 0 0 1px #0000001a;
  }
}
@media (prefers-contrast: more) {
  .cm { --ink-2: var(--ink); --ink-3: var(--ink); --line: var(--line-field); --line-2: var(--line-field); --pencil: var(--ink-2); }
}
@media (prefers-reduced-motion: reduce) {
  .cm { --d-1: 1ms; --d-2: 1ms; --d-3: 1ms; }
  *, *::before, *::after { animation-duration: 1ms !important; animation-iteration-count: 1 !important; scroll-behavior: auto !important; }
}
*, *::before, *::after { box-sizing: border-box; }
* { margin: 0; }
button, input, select, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { background: none; border: 0; padding: 0; cursor: pointer; text-align: start; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.i { inline-size: 1rem; block-size: 1rem; flex: none; stroke: currentColor; stroke-width: 1.75; fill: none; stroke-linecap: round; stroke-linejoin: round; }
.i-lg { inline-size: 1.25rem; block-size: 1.25rem; stroke-width: 1.6; }
.i-sm { inline-size: .875rem; block-size: .875rem; stroke-width: 1.9; }
.sr { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;
