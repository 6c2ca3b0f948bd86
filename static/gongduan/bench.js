/* Keys for those who decide all day. Load it where a page has data-key: <a data-key="n">, <button data-key="mod+Enter">,
   <a data-key="g q">. j and k walk along [data-claim] and table rows. Asleep while typing; can be switched off. */
(() => {
  "use strict";
  const { words, all, make, stored, keep } = window.gongduan;
  const SWITCH = "gd:keys";
  const isOn = () => stored(localStorage, SWITCH) !== "off";
  const targets = () => all("[data-key]").filter((element) => element.offsetParent !== null || element.matches("input"));
  const isTyping = (element) => element.matches("textarea, select, [contenteditable=true], input:not([type=radio], [type=checkbox], [type=button], [type=submit])");

  const nameOf = (element) => {
    if (element.dataset.keyLabel) return element.dataset.keyLabel;
    const label = element.labels && element.labels[0];
    return ((label || element).textContent || element.getAttribute("aria-label") || "").replace(/\s+/g, " ").trim();
  };

  const press = (element) => {
    if (element.matches("input[type=radio], input[type=checkbox]")) { element.click(); element.focus(); return; }
    if (isTyping(element)) { element.focus(); return; }
    element.click();
  };

  /* Walking: one stop is current, and holds the focus. */
  const stops = () => all("[data-claim], [data-selectable] tbody tr, [data-walk]");
  const walk = (step) => {
    const places = stops();
    if (!places.length) return;
    const here = places.findIndex((place) => place.classList.contains("is-current"));
    const next = places[Math.min(Math.max(here + step, 0), places.length - 1)];
    places.forEach((place) => place.classList.toggle("is-current", place === next));
    const focusable = next.matches("[tabindex]") ? next : next.querySelector("a[href]");
    if (focusable) focusable.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const current = () => document.querySelector(".is-current");
  const tick = () => { const box = current() && current().querySelector("[data-select]"); if (box) box.click(); };
  const open = () => { const link = current() && current().querySelector("a[href]"); if (link) link.click(); };
  const walking = { j: () => walk(1), k: () => walk(-1), x: tick, o: open };

  /* The help lists what this very page answers to. */
  const keyCaps = (keys) => keys.split(" ").flatMap((key, index) => [
    ...(index ? [` ${words.then} `] : []),
    make("kbd", { textContent: key.replace("mod+", /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘ " : "Ctrl ") }),
  ]);

  const switchBox = () => {
    const box = make("input", { type: "checkbox", checked: isOn(), onchange() { keep(localStorage, SWITCH, this.checked ? null : "off"); } });
    return make("label", { className: "tickbox" }, box, make("span", { textContent: words.shortcuts_on }));
  };

  const helpRow = (name, keys) => make("div", {}, make("dt", { textContent: name }), make("dd", {}, ...keyCaps(keys)));
  const walkingRows = () => (stops().length ? Object.keys(walking).filter((key) => key !== "x" || document.querySelector("[data-select]")).map((key) => helpRow(words[`key_${key}`], key)) : []);

  const showHelp = () => {
    const rows = [...targets().map((element) => helpRow(nameOf(element), element.dataset.key)), ...walkingRows()];
    const title = make("h2", { id: "gd-keys-title", textContent: words.shortcuts });
    const close = make("button", { className: "btn", textContent: words.close });
    const dialog = make("dialog", {}, title, make("dl", { className: "keys" }, ...rows), switchBox(), make("form", { method: "dialog" }, close));
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
  all("[data-keys-help]").forEach((button) => { button.hidden = false; button.addEventListener("click", showHelp); });

  let pending = "";
  let forget = 0;
  const match = (pressed) => {
    const candidates = targets();
    const exact = candidates.find((element) => element.dataset.key === pressed);
    if (exact) { pending = ""; press(exact); return true; }
    if (!candidates.some((element) => element.dataset.key.startsWith(`${pressed} `))) { pending = ""; return false; }
    pending = pressed;
    clearTimeout(forget);
    forget = setTimeout(() => { pending = ""; }, 1200);
    return true;
  };

  document.addEventListener("keydown", (event) => {
    // A Chinese input method sends keys that belong to it, not to us (229 where isComposing is missing).
    if (event.isComposing || event.keyCode === 229 || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey) {
      if (match(`mod+${event.key}`)) event.preventDefault();
      return;
    }
    if (isTyping(event.target)) return;
    if (event.key === "?") { event.preventDefault(); showHelp(); return; }
    if (!isOn() || event.key.length > 1) return;
    const handled = (pending && match(`${pending} ${event.key}`)) || match(event.key);
    if (handled) event.preventDefault();
    else if (walking[event.key] && stops().length) { event.preventDefault(); walking[event.key](); }
  });
})();
