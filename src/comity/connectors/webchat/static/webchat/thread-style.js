// The looks of a conversation: bubbles, marks, files, cards, the field to write in.

export const THREAD = `
.said-all { padding-block: .875rem; gap: .375rem; align-content: start; }
.msg { display: grid; grid-template-columns: minmax(0, 1fr); gap: .25rem; justify-items: start; }
.msg.out { justify-items: end; }
.msg.begins { margin-block-start: .375rem; }
.who { display: flex; align-items: center; gap: .375rem; font-size: var(--t-xs); color: var(--ink-3); }
.bub { max-inline-size: 88%; inline-size: fit-content; padding: .5rem .75rem; border-radius: 14px; background: var(--sunken); box-shadow: inset 0 0 0 1px var(--line); font-size: var(--t-md); line-height: 1.45; overflow-wrap: anywhere; white-space: pre-wrap; }
.begins .bub { border-start-start-radius: 4px; }
.out .bub { background: var(--brand-field); color: var(--brand-on-field); box-shadow: none; }
.out.begins .bub { border-start-start-radius: 14px; border-start-end-radius: 4px; }
.bub.machine { background: transparent; box-shadow: none; border: 1px dashed var(--pencil); }
.bub a { text-decoration: underline; text-underline-offset: .18em; text-decoration-thickness: 1px; }
.msg:not(.out) .bub a { color: var(--brand-ink); }
.out .bub :focus-visible { outline-color: currentColor; }
.msg .bub.only { color: var(--ink); padding: 0; background: none; box-shadow: none; border: 0; font-size: 2rem; line-height: 1.2; }
.waits .bub, .waits .photo { opacity: .72; }
.meta { display: flex; align-items: center; gap: .3rem; font-size: var(--t-xs); color: var(--ink-3); padding-inline: .125rem; }
.meta .i { inline-size: .875rem; block-size: .875rem; }
.meta .seen { color: var(--brand-ink); }
.day { display: flex; align-items: center; gap: .625rem; padding-block: .375rem; font-size: var(--t-xs); color: var(--ink-3); }
.day::before, .day::after { content: ""; flex: 1; block-size: 1px; background: var(--line); }
.event { text-align: center; font-size: var(--t-xs); color: var(--ink-3); padding-block: .125rem; text-wrap: balance; overflow-wrap: anywhere; }
.photo { display: block; max-inline-size: 72%; border-radius: 14px; overflow: clip; background: var(--sunken); box-shadow: inset 0 0 0 1px var(--line); }
.photo img { display: block; max-inline-size: 100%; inline-size: auto; block-size: auto; max-block-size: 13rem; min-block-size: 3rem; min-inline-size: 4rem; object-fit: cover; }
.photo:focus-visible { border-radius: 14px; }
.att { display: flex; align-items: center; gap: .5rem; max-inline-size: 88%; padding: .5rem .75rem .5rem .625rem; border-radius: 12px; background: var(--raised); box-shadow: inset 0 0 0 1px var(--line-2); font-size: var(--t-sm); }
.att:is(a):hover { background: var(--hover); }
.att .i { color: var(--ink-3); }
.chips { display: flex; flex-wrap: wrap; gap: .375rem; padding-block-start: .25rem; }
.chip { display: inline-flex; align-items: center; gap: .3rem; min-block-size: 2rem; max-inline-size: 100%; padding: .25rem .75rem; border-radius: 1rem; text-align: start; box-shadow: inset 0 0 0 1px var(--brand-line); font-size: var(--t-sm); font-weight: 500; color: var(--brand-ink); background: var(--raised); overflow-wrap: anywhere; }
.chip:hover { background: var(--brand-tint); }
.chip:focus-visible { border-radius: 1rem; }
.msg > .chips { max-inline-size: 94%; padding-block-end: .25rem; }
.types { display: flex; align-items: center; gap: .375rem; font-size: var(--t-xs); color: var(--ink-3); min-block-size: 1.25rem; }
.typing { display: inline-flex; gap: 3px; }
.typing i { inline-size: 4px; block-size: 4px; border-radius: 50%; background: currentColor; animation: bob 1.1s infinite; }
.typing i:nth-child(2) { animation-delay: .14s; } .typing i:nth-child(3) { animation-delay: .28s; }
@keyframes bob { 0%, 60%, 100% { opacity: .35; translate: 0; } 30% { opacity: 1; translate: 0 -2px; } }
.hand { display: flex; align-items: center; gap: .5rem; padding: .625rem .75rem; border-radius: 14px; background: var(--brand-tint); color: var(--brand-ink); font-size: var(--t-sm); }
.older { justify-self: center; }
.to-end { position: absolute; z-index: 1; inset-block-end: calc(100% + .5rem); inset-inline: 0; margin-inline: auto; inline-size: fit-content; border-radius: 999px; box-shadow: var(--lift-2); background: var(--raised); }
.writing { position: relative; padding: .625rem .75rem calc(.75rem + var(--safe-bottom, 0px)); border-block-start: 1px solid var(--line); display: grid; grid-template-columns: minmax(0, 1fr); gap: .5rem; }
.write { display: flex; align-items: flex-end; gap: 0; min-block-size: 2.75rem; padding: .25rem .3125rem .25rem 1rem; border-radius: 1.375rem; background: var(--raised); box-shadow: inset 0 0 0 1px var(--line-field); }
.write:dir(rtl) { padding: .25rem 1rem .25rem .3125rem; }
.write:focus-within { box-shadow: inset 0 0 0 2px var(--focus); }
.write textarea { flex: 1; min-inline-size: 0; border: 0; background: none; outline: 0; resize: none; padding: .5rem 0; font-size: var(--t-md); line-height: 1.4; field-sizing: content; max-block-size: 8.5rem; overflow-y: auto; scrollbar-width: thin; }
.write textarea::placeholder { color: var(--ink-3); opacity: 1; }
.write .icon-btn { border-radius: 50%; }
.send { display: grid; place-items: center; inline-size: 2.25rem; block-size: 2.25rem; border-radius: 50%; background: var(--brand-solid); color: var(--brand-on-solid); flex: none; margin-inline-start: .125rem; transition: background var(--d-1); }
.send:hover { background: var(--brand-solid-hover); }
.send:focus-visible { border-radius: 50%; }
.send[aria-disabled="true"] { background: var(--ground-2); color: var(--ink-3); }
.files { display: grid; gap: .375rem; max-block-size: 9rem; }
.files:empty { display: none; }
.file { display: grid; grid-template-columns: auto minmax(0, 1fr) auto auto; align-items: center; gap: .375rem .5rem; padding: .25rem .25rem .25rem .625rem; border-radius: 10px; background: var(--raised); box-shadow: inset 0 0 0 1px var(--line-2); font-size: var(--t-sm); }
.file > .i { color: var(--ink-3); }
.file .note { font-size: var(--t-xs); color: var(--ink-3); overflow-wrap: anywhere; }
.file.bad .note { color: var(--bad-ink); }
.file .icon-btn { inline-size: 1.875rem; block-size: 1.875rem; }
.file progress { grid-column: 1 / -1; inline-size: calc(100% - .375rem); block-size: 4px; appearance: none; border: 0; border-radius: 2px; overflow: clip; background: var(--ground-2); margin-block-end: .25rem; }
.file progress::-webkit-progress-bar { background: var(--ground-2); }
.file progress::-webkit-progress-value { background: var(--brand-solid); }
.file progress::-moz-progress-bar { background: var(--brand-solid); }
.count-left { font-size: var(--t-xs); color: var(--ink-3); text-align: end; padding-inline: .5rem; }
.count-left.over { color: var(--bad-ink); font-weight: 500; }
.emoji { position: absolute; z-index: 2; inset-block-end: calc(100% - .25rem); inset-inline: .5rem; display: grid; grid-template-columns: repeat(auto-fill, minmax(2.25rem, 1fr)); gap: .125rem; padding: .5rem; border-radius: 14px; background: var(--raised); box-shadow: var(--lift-3); max-block-size: 12.5rem; }
.emoji button { display: grid; place-items: center; block-size: 2.25rem; border-radius: 8px; font-size: 1.25rem; line-height: 1; font-family: "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", var(--font); }
.emoji button:is(:hover, :focus-visible) { background: var(--hover); }
.drop { position: absolute; z-index: 3; inset: .5rem; display: grid; place-items: center; align-content: center; gap: .5rem; border: 2px dashed var(--brand-solid); border-radius: 16px; background: color-mix(in oklch, var(--sheet), transparent 8%); color: var(--brand-ink); font-weight: 600; pointer-events: none; }
.drop .i { inline-size: 1.75rem; block-size: 1.75rem; }
.form { display: grid; align-content: start; gap: .875rem; padding: .875rem; }
.rate { padding: .875rem; display: grid; gap: .75rem; margin-block-start: .5rem; font-size: var(--t-md); }
.rate fieldset { border: 0; padding: 0; min-inline-size: 0; display: grid; gap: .75rem; }
.rate legend { font-weight: 600; padding: 0; margin-block-end: .625rem; }
.rate .faces { display: flex; justify-content: space-between; gap: .25rem; }
.rate .faces label { position: relative; display: grid; place-items: center; inline-size: 3rem; block-size: 3rem; border-radius: 50%; color: var(--ink-2); cursor: pointer; transition: background var(--d-2), scale var(--d-2) var(--ease); }
.rate .faces label:hover { scale: 1.08; background: var(--hover); }
.rate .faces .i { inline-size: 1.875rem; block-size: 1.875rem; stroke-width: 1.5; }
.rate .faces input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
.rate .faces label:has(:checked) { background: var(--brand-tint-2); color: var(--brand-ink); box-shadow: inset 0 0 0 2px var(--brand-solid); }
.rate .faces label:has(:focus-visible) { outline: 2px solid var(--focus); outline-offset: 2px; }
.ends { display: flex; justify-content: space-between; font-size: var(--t-xs); color: var(--ink-3); margin-block-start: -.5rem; }
.say { padding: .75rem .875rem; display: grid; gap: .5rem; font-size: var(--t-sm); }
.where .row > .i { color: var(--ink-3); }
.where label { font-weight: 500; }
.where .icon-btn { inline-size: 2rem; block-size: 2rem; margin: -.25rem; }
.quiet { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: .25rem .375rem; padding-block: .25rem; font-size: var(--t-xs); color: var(--ink-3); outline: 0; }
.quiet .link { text-align: start; }
.quiet .wrong { flex-basis: 100%; justify-content: center; }
.acts { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: .5rem; }
.pic { inline-size: 2.75rem; block-size: 2.75rem; border-radius: 8px; background: var(--sunken); flex: none; object-fit: cover; display: grid; place-items: center; color: var(--ink-3); }
.shot { display: block; inline-size: 100%; max-block-size: 10rem; object-fit: contain; background: var(--sunken); }
.msg > .card { inline-size: 88%; }
.track { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 4px; padding: 0 .75rem .75rem; }
.track i { block-size: 4px; border-radius: 2px; background: var(--line-2); }
.track i.on { background: var(--brand-solid); }
@media (max-width: 480px), (max-height: 480px) { .write textarea { font-size: 1rem; } .send { inline-size: 2.75rem; block-size: 2.75rem; } .write { border-radius: 1.625rem; } .chip { min-block-size: 2.5rem; padding-block: .375rem; border-radius: 1.25rem; } }
@media (forced-colors: active) { .send, .track i { forced-color-adjust: none; } .rate .faces label:has(:checked) { outline: 2px solid Highlight; } .typing i { background: CanvasText; } }
`;
