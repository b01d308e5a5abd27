// On a phone the chat fills what is seen of the page, which is less while the on-screen keyboard is up: so the field to
// write in always stands above it.

export function followScreen(panel, signal) {
  const screen = globalThis.visualViewport;
  if (!screen) return;
  const fit = () => {
    const isKeyboard = innerHeight - screen.height > 120;
    panel.classList.toggle("keyboard", isKeyboard);
    panel.style.setProperty("--seen-height", `${screen.height}px`);
    panel.style.setProperty("--seen-top", `${screen.offsetTop}px`);
  };
  for (const name of ["resize", "scroll"]) screen.addEventListener(name, fit, { signal });
  fit();
}

export const isFull = () => matchMedia("(max-width: 480px), (max-height: 480px)").matches;
