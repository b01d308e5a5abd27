// The looks of the opened chat: its frame, the home page and the parts that every view uses.

export const PANEL = `
.panel {
  position: fixed; inset-block-end: calc(var(--bottom, 20px) + 4.5rem + env(safe-area-inset-bottom, 0px)); inset-inline-end: calc(var(--gap, 20px) + env(safe-area-inset-right, 0px));
  display: flex; flex-direction: column; inline-size: min(24rem, calc(100vw - 2 * var(--gap, 20px)));
  block-size: min(43.5rem, calc(100dvh - var(--bottom, 20px) - 6rem)); border-radius: 20px; background: var(--sheet); overflow: clip;
  box-shadow: var(--lift-3); animation: rise var(--d-3) var(--ease);
}
.panel:has(> .view > .body:empty) { block-size: auto; }
.panel .body:empty { padding-block: 0; }
.panel .body:empty + .foot { border: 0; padding-block-start: .875rem; }
.start .panel { inset-inline: calc(var(--gap, 20px) + env(safe-area-inset-left, 0px)) auto; }
@keyframes rise { from { opacity: 0; translate: 0 12px; } }
.view { display: flex; flex-direction: column; flex: 1; min-block-size: 0; position: relative; }
.scroll { overflow: auto; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--line-2) transparent; }
.row { display: flex; align-items: center; gap: .5rem; }
.grow { flex: 1; min-inline-size: 0; }
.clip { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-inline-size: 0; }
.clip[dir="auto"], .line [dir="auto"] { text-align: left; }
.cm:dir(rtl) :is(.clip[dir="auto"], .line [dir="auto"]) { text-align: right; }
.xs { font-size: var(--t-xs); } .sm { font-size: var(--t-sm); }
.muted { color: var(--ink-3); } .soft { color: var(--ink-2); }
.center { text-align: center; text-wrap: balance; }
.cm:dir(rtl) .i-flip { scale: -1 1; }
b, strong, h2, h3 { font-weight: 600; }
a { color: inherit; text-decoration: none; }
a.link, .link { color: var(--brand-ink); text-decoration: underline; text-decoration-color: var(--brand-line); text-underline-offset: .18em; text-decoration-thickness: 1px; }
.link:hover { text-decoration-color: currentColor; }
.icon-btn { display: inline-grid; place-items: center; inline-size: 2.25rem; block-size: 2.25rem; border-radius: 8px; color: var(--ink-2); flex: none; transition: background var(--d-1), color var(--d-1); }
.icon-btn:hover { background: var(--hover); color: var(--ink); }
.icon-btn:active { background: var(--press); }
.icon-btn:is([aria-pressed="true"], [aria-expanded="true"]) { background: var(--brand-tint-2); color: var(--brand-ink); }
.btn { --bg: var(--raised); --fg: var(--ink); --bd: var(--line-2); display: inline-flex; align-items: center; justify-content: center; gap: .375rem; min-block-size: 2.25rem; padding: .25rem .875rem; border-radius: 8px; background: var(--bg); color: var(--fg); box-shadow: inset 0 0 0 1px var(--bd); font-size: var(--t-sm); font-weight: 500; line-height: 1.25; text-align: center; transition: background var(--d-1), transform var(--d-1); }
.btn:hover { background: color-mix(in oklch, var(--bg), var(--ink) 5%); }
.btn:active { transform: translateY(.5px); }
.btn:focus-visible { border-radius: 8px; }
.btn-primary { --bg: var(--brand-solid); --fg: var(--brand-on-solid); --bd: transparent; }
.btn-primary:hover { background: var(--brand-solid-hover); }
.btn-ghost { --bg: transparent; --bd: transparent; --fg: var(--ink-2); }
.btn-lg { min-block-size: 2.75rem; font-size: var(--t-md); border-radius: 10px; }
.wide { inline-size: 100%; }
.btn[aria-busy="true"] { opacity: .65; cursor: progress; }
.av { --h: 60; --z: 1.75rem; position: relative; display: inline-grid; place-items: center; inline-size: var(--z); block-size: var(--z); border-radius: 50%; flex: none; overflow: clip; font-size: calc(var(--z) * .385); font-weight: 600; letter-spacing: -.01em; line-height: 1; background: light-dark(oklch(0.885 0.055 var(--h)), oklch(0.40 0.055 var(--h))); color: light-dark(oklch(0.36 0.075 var(--h)), oklch(0.93 0.04 var(--h))); }
.av img { inline-size: 100%; block-size: 100%; object-fit: cover; }
.av-xs { --z: 1.25rem; font-size: .5625rem; letter-spacing: -.03em; }
.av-lg { --z: 2rem; }
.av.brand { background: var(--brand-tint-2); color: var(--brand-ink); }
.av.brand .i { inline-size: 60%; block-size: 60%; }
.dot { display: inline-block; inline-size: .5rem; block-size: .5rem; border-radius: 50%; background: var(--brand-solid); flex: none; }
.count { display: inline-grid; place-items: center; min-inline-size: 1.25rem; block-size: 1.25rem; padding-inline: .3rem; border-radius: 999px; background: var(--brand-solid); color: var(--brand-on-solid); font-size: var(--t-xs); font-weight: 600; line-height: 1; flex: none; }
.top { padding: 1rem 1rem 1.375rem; padding-block-start: calc(1rem + var(--safe-top, 0px)); background: var(--brand-field); color: var(--brand-on-field); }
.top .icon-btn { color: inherit; }
.top .icon-btn:hover { background: oklch(1 0 0 / .15); }
.top :focus-visible, .hand :focus-visible { outline-color: currentColor; }
.top h2 { font-size: 1.5rem; line-height: 1.2; font-weight: 500; letter-spacing: -.025em; margin-block-start: 1rem; padding-inline: .25rem; white-space: pre-line; overflow-wrap: anywhere; text-wrap: balance; }
.top .av.brand { background: color-mix(in oklch, var(--brand-on-field), transparent 84%); color: inherit; }
.top .name { font-weight: 600; }
.head { display: flex; align-items: center; gap: .5rem; padding: .625rem .5rem; padding-block-start: calc(.625rem + var(--safe-top, 0px)); border-block-end: 1px solid var(--line); }
.head .sub { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; font-size: var(--t-xs); line-height: 1.3; color: var(--ink-3); }
.head b { display: block; line-height: 1.3; }
.body { flex: 1; min-block-size: 0; padding: .875rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: .5rem; align-content: start; }
.body h3 { font-size: var(--t-xs); font-weight: 500; color: var(--ink-3); padding: .5rem .25rem 0; }
.body h3:first-child { padding-block-start: 0; }
.foot { padding: .75rem .875rem calc(.875rem + var(--safe-bottom, 0px)); border-block-start: 1px solid var(--line); }
.foot .promise { margin-block-start: .5rem; }
.card { background: var(--raised); border-radius: 14px; box-shadow: var(--lift-1); overflow: clip; font-size: var(--t-sm); }
.card.list > * + * { border-block-start: 1px solid var(--line); }
.card b { display: block; }
.line { display: flex; align-items: center; gap: .625rem; padding: .6875rem .75rem; inline-size: 100%; }
.line > .i { color: var(--ink-3); }
:is(a, button).line:hover { background: var(--hover); }
:is(a, button).line:focus-visible { outline-offset: -2px; border-radius: 14px; }
.line .clip { display: block; }
.line .end { display: flex; align-items: center; gap: .375rem; flex: none; }
.input { inline-size: 100%; min-block-size: 2.5rem; padding: .375rem .75rem; border-radius: 8px; background: var(--raised); border: 1px solid var(--line-field); font-size: var(--t-md); transition: border-color var(--d-1); }
.input::placeholder { color: var(--ink-3); opacity: 1; }
.input:focus-visible { outline: 2px solid var(--focus); outline-offset: -1px; border-color: transparent; border-radius: 8px; }
.input[aria-invalid="true"] { border-color: var(--bad-solid); }
textarea.input { resize: none; field-sizing: content; min-block-size: 4rem; max-block-size: 10rem; display: block; }
select.input { appearance: none; padding-inline-end: 2rem; background-image: linear-gradient(45deg, transparent 50%, var(--ink-3) 50%), linear-gradient(-45deg, transparent 50%, var(--ink-3) 50%); background-size: 5px 5px; background-repeat: no-repeat; background-position: right 18px center, right 13px center; }
.cm:dir(rtl) select.input { background-position: left 13px center, left 18px center; }
.field { display: grid; gap: .3125rem; }
.field > label, .field > legend { font-size: var(--t-sm); font-weight: 500; padding: 0; text-align: -webkit-match-parent; text-align: match-parent; }
.wrong { display: flex; gap: .375rem; align-items: flex-start; color: var(--bad-ink); font-size: var(--t-xs); }
.wrong:empty { display: none; }
.wrong .i { margin-block-start: .1rem; }
.check { display: inline-flex; align-items: flex-start; gap: .5rem; font-size: var(--t-sm); cursor: pointer; }
.check input { inline-size: 1.0625rem; block-size: 1.0625rem; margin: .1rem 0 0; flex: none; }
.banner { display: flex; align-items: flex-start; gap: .5rem; padding: .5rem .625rem; border-radius: 10px; background: var(--bad-tint); color: var(--bad-ink); box-shadow: inset 0 0 0 1px var(--bad-line); font-size: var(--t-sm); }
.banner .i { margin-block-start: .125rem; }
.banner .icon-btn { inline-size: 1.5rem; block-size: 1.5rem; margin: -.125rem; color: inherit; }
.offline { display: flex; align-items: center; gap: .5rem; padding: .4375rem .875rem; font-size: var(--t-xs); background: var(--ground-2); color: var(--ink-2); }
.empty { display: grid; justify-items: center; gap: .375rem; padding: 2rem 1rem; text-align: center; color: var(--ink-3); font-size: var(--t-sm); }
.empty .btn { margin-block-start: .375rem; }
.empty strong { color: var(--ink); font-size: var(--t-md); }
.empty > .i { inline-size: 1.75rem; block-size: 1.75rem; stroke-width: 1.3; }
.skel { border-radius: 14px; background: linear-gradient(90deg, var(--ground-2) 20%, var(--hover) 45%, var(--ground-2) 70%) 0 0/300% 100%; animation: skel 1.6s linear infinite; block-size: 3.5rem; }
@keyframes skel { from { background-position: 100% 0; } to { background-position: -50% 0; } }
.menu { position: absolute; z-index: 3; inset-block-start: calc(100% - .25rem); inset-inline-end: .5rem; min-inline-size: 13rem; max-inline-size: calc(100% - 1rem); padding: .25rem; border-radius: 10px; background: var(--raised); box-shadow: var(--lift-3); font-size: var(--t-sm); }
.menu button { display: flex; align-items: center; gap: .5rem; inline-size: 100%; min-block-size: 2.25rem; padding: .25rem .5rem; border-radius: 6px; }
.menu button:is(:hover, :focus-visible) { background: var(--hover); }
.menu button:focus-visible { outline-offset: -2px; border-radius: 6px; }
.menu .i { color: var(--ink-3); }
.menu .mark { margin-inline-start: auto; color: var(--brand-ink); }
.head { position: relative; }
.veil { position: absolute; inset: 0; z-index: 4; display: grid; align-items: end; background: light-dark(oklch(.25 .02 75 / .32), oklch(.08 .005 75 / .62)); animation: fade var(--d-2); }
.ask { display: grid; gap: .75rem; padding: 1.125rem 1rem calc(1rem + var(--safe-bottom, 0px)); border-radius: 16px 16px 0 0; background: var(--raised); box-shadow: var(--lift-3); animation: rise var(--d-3) var(--ease); }
.ask h2 { font-size: var(--t-lg); line-height: 1.3; }
.ask p { color: var(--ink-2); font-size: var(--t-sm); }
@keyframes fade { from { opacity: 0; } }
@media (max-width: 480px), (max-height: 480px) {
  .panel, .start .panel, .panel:has(> .view > .body:empty) { inset: var(--seen-top, 0px) 0 auto 0; inline-size: 100%; block-size: var(--seen-height, 100dvh); border-radius: 0; box-shadow: none; --safe-top: env(safe-area-inset-top, 0px); --safe-bottom: env(safe-area-inset-bottom, 0px); }
  .panel.keyboard { --safe-bottom: 0px; }
  .input, .write textarea { font-size: 1rem; }
  .icon-btn { inline-size: 2.75rem; block-size: 2.75rem; }
  .btn, .menu button { min-block-size: 2.75rem; }
}
@media (forced-colors: active) {
  .panel, .card, .btn, .menu, .banner, .ask, .write, .chip, .bub, .att { border: 1px solid; }
  .dot, .count, .av { forced-color-adjust: none; }
  .top { border-block-end: 1px solid; }
  .top .av { forced-color-adjust: auto; border: 1px solid; }
  .write:focus-within { outline: 2px solid Highlight; }
}
`;
