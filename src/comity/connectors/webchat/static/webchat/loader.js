// The chat on a page: <script async src="https://chat.example/chat.js" data-inbox="KEY"></script>. The server answers
// /chat.js with this function and a call of it: `assets` is the folder of the widget's files, `words` the launcher's few
// texts by language. Keeps what the page asks of Comity(…) until the launcher is there. Whatever happens here, the page
// notices nothing: when our server is down, slow or forbidden, there is simply no chat.
({ assets, words }) => {
  const tag = document.currentScript;
  const key = tag?.dataset.inbox;
  const asked = window.Comity?.q ?? [];
  if (!key || window.Comity?.inbox) return;

  const comity = (...call) => comity.q.push(call);
  Object.assign(comity, { q: [...asked].map((call) => [...call]), inbox: key });
  window.Comity = comity;

  const base = new URL("./", tag.src).href;
  const language = tag.dataset.language || document.documentElement.lang || navigator.language || "en";
  const preview = tag.dataset.settings; // in our own settings, as they would be
  const ask = (url) => fetch(url, { credentials: preview ? "same-origin" : "omit" }).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)));
  const settings = ask(preview ?? `${base}chat/v1/widgets/${encodeURIComponent(key)}?language=${encodeURIComponent(language)}`);
  const launcher = import(new URL(`${assets}launcher.js`, base).href);

  Promise.all([settings, launcher])
    .then(([found, { start }]) => start({ base, key, settings: found, words, comity }))
    .catch(() => {}); // no chat on this page
}
