// The looks of what stands on the page before the chat is opened.

export const LAUNCHER = `
.launch {
  position: fixed; inset-block-end: calc(var(--bottom, 20px) + env(safe-area-inset-bottom, 0px)); inset-inline-end: calc(var(--gap, 20px) + env(safe-area-inset-right, 0px));
  display: flex; align-items: center; justify-content: center; gap: .5rem;
  min-inline-size: 3.5rem; block-size: 3.5rem; border-radius: 999px;
  background: var(--brand-solid); color: var(--brand-on-solid); box-shadow: var(--lift-3);
  font-size: var(--t-md); font-weight: 600; transition: background var(--d-1), scale var(--d-2) var(--ease); animation: arrive var(--d-3) var(--ease);
}
.launch:hover { background: var(--brand-solid-hover); }
.launch:active { scale: .96; }
.launch:focus-visible { border-radius: 999px; outline-offset: 3px; }
.launch .i { inline-size: 1.625rem; block-size: 1.625rem; }
.launch.labelled { padding-inline: 1.125rem 1.375rem; }
.launch.labelled .i { inline-size: 1.375rem; block-size: 1.375rem; }
.launch[aria-busy="true"] .i { animation: wait 1.1s infinite; }
.start .launch { inset-inline: calc(var(--gap, 20px) + env(safe-area-inset-left, 0px)) auto; }
.unread {
  position: absolute; inset-block-start: -.25rem; inset-inline-end: -.25rem; min-inline-size: 1.375rem; block-size: 1.375rem; padding-inline: .3125rem;
  display: grid; place-items: center; border-radius: 999px; background: var(--bad-solid); color: var(--bad-on-solid);
  font-size: var(--t-xs); font-weight: 600; line-height: 1; box-shadow: 0 0 0 2px var(--sheet);
}
.teaser {
  position: fixed; inset-block-end: calc(var(--bottom, 20px) + 4.5rem + env(safe-area-inset-bottom, 0px)); inset-inline-end: calc(var(--gap, 20px) + env(safe-area-inset-right, 0px));
  display: flex; align-items: flex-start; inline-size: max-content; max-inline-size: min(20rem, calc(100vw - 2 * var(--gap, 20px)));
  border-radius: 16px; background: var(--raised); box-shadow: var(--lift-3); animation: arrive var(--d-3) var(--ease);
}
.start .teaser { inset-inline: calc(var(--gap, 20px) + env(safe-area-inset-left, 0px)) auto; }
.teaser > .said { flex: 1; min-inline-size: 0; padding: .75rem 0 .75rem .875rem; border-radius: 16px; }
.teaser b { display: block; font-weight: 600; font-size: var(--t-sm); }
.teaser .words { display: -webkit-box; -webkit-line-clamp: 4; -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; font-size: var(--t-md); line-height: 1.45; }
.teaser > .shut { flex: none; display: grid; place-items: center; inline-size: 2.25rem; block-size: 2.25rem; margin: .25rem; border-radius: 8px; color: var(--ink-3); }
.teaser > .shut:hover { background: var(--hover); color: var(--ink); }
@keyframes arrive { from { opacity: 0; translate: 0 8px; } }
@keyframes wait { 50% { opacity: .35; } }
@media (max-width: 480px) { .is-open > .launch { display: none; } }
@media (max-height: 480px) { .is-open > .launch { display: none; } }
@media (forced-colors: active) { .launch, .teaser, .unread { border: 1px solid; } }
`;
