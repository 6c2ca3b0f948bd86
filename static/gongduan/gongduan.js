/* Progressive enhancement only: every page works without this file. The server's words come in #gd-words. */
(() => {
  "use strict";
  const wordsElement = document.getElementById("gd-words");
  const words = wordsElement ? JSON.parse(wordsElement.textContent) : {};
  const fill = (pattern, values) => (pattern || "").replace(/%\((\w+)\)s/g, (_, name) => values[name]);
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const make = (tag, attributes = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  };
  const stored = (store, name) => { try { return store.getItem(name); } catch { return null; } };
  const keep = (store, name, value) => {
    try { value === null ? store.removeItem(name) : store.setItem(name, value); } catch { /* private mode: nothing is kept */ }
  };

  const announcer = document.getElementById("gd-announce");
  const announce = (sentence) => { if (announcer && sentence) announcer.textContent = sentence; };

  const toast = (sentence) => {
    const element = make("p", { className: "toast", textContent: sentence });
    document.body.append(element);
    announce(sentence);
    setTimeout(() => element.remove(), 3000);
  };

  /* Countdown: the server says how many seconds are left; only the passing of time is measured here. */
  const ANNOUNCED_AT = [86400, 3600, 600];

  const timeLeft = (seconds) => {
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor((seconds % 86400) / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const values = { days, hours, minutes, seconds: Math.floor(seconds % 60) };
    return fill(days ? words.days : hours ? words.hours : words.seconds, values);
  };

  const isBusy = () => {
    const focused = document.activeElement;
    const typing = focused && focused.matches("input, textarea, select");
    const written = all("textarea, input[type=file]").some((field) => field.value && field.value !== field.defaultValue);
    return typing || written || document.querySelector("dialog[open]");
  };

  const timeIsUp = (element) => {
    element.textContent = words.overdue;
    announce(words.overdue);
    const name = `gd:reloaded:${location.pathname}:${element.dataset.due}`;
    if (isBusy() || stored(sessionStorage, name)) {
      element.after(make("a", { href: location.href, className: "btn btn--small", textContent: words.refresh }));
      return;
    }
    keep(sessionStorage, name, "1");
    setTimeout(() => { if (!isBusy()) location.reload(); }, 3000 + Math.random() * 4000);
  };

  const countDown = (element) => {
    const total = Number(element.dataset.left);
    const wall = Date.now();
    const steady = performance.now();
    let previous = total;
    const tick = () => {
      // The wall clock counts a laptop's sleep, the steady one survives a clock set back.
      const passed = Math.max(Date.now() - wall, performance.now() - steady) / 1000;
      const now = total - passed;
      if (now <= 0) { timeIsUp(element); return; }
      const sentence = timeLeft(now);
      if (element.textContent !== sentence) element.textContent = sentence;
      if (ANNOUNCED_AT.some((mark) => previous > mark && now <= mark)) announce(sentence);
      previous = now;
      setTimeout(tick, now > 3600 ? 15000 : 1000);
    };
    tick();
  };
  all("[data-left]").forEach(countDown);

  /* Files: a list with previews, a count and a way to take one out again; drag and drop. */
  const fileRow = (file, problem, remove) => {
    const picture = file.type.startsWith("image/") && !/hei[cf]/.test(file.type)
      ? make("img", { alt: "", src: URL.createObjectURL(file), onload() { URL.revokeObjectURL(this.src); } })
      : make("span", { className: "file__kind", textContent: (file.name.split(".").pop() || "").slice(0, 4).toUpperCase() });
    const label = make("span", {}, file.name, make("br"), make("small", { textContent: size(file.size) }));
    const button = make("button", { type: "button", className: "btn btn--quiet", textContent: "✕", onclick: remove });
    button.setAttribute("aria-label", fill(words.remove, { name: file.name }));
    const row = make("li", {}, picture, label, button);
    if (problem) row.append(make("p", { className: "is-wrong", textContent: problem }));
    return row;
  };

  const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1048576).toFixed(1)} MB`);

  const enhanceFiles = (zone) => {
    const input = zone.querySelector("input[type=file]");
    const list = zone.querySelector("[data-files-list]");
    const count = zone.querySelector("[data-files-count]");
    if (!input || !list || !count || !window.DataTransfer) return;
    const maxFiles = input.multiple ? Number(zone.dataset.maxFiles) || Infinity : 1;
    const maxBytes = Number(zone.dataset.maxBytes) || Infinity;
    let chosen = [];

    const show = (problems = []) => {
      const transfer = new DataTransfer();
      chosen.forEach((file) => transfer.items.add(file));
      input.files = transfer.files;
      list.replaceChildren(...chosen.map((file) => fileRow(file, "", () => {
        chosen = chosen.filter((other) => other !== file);
        show();
        input.focus();
      })));
      list.append(...problems.map((sentence) => make("li", {}, make("p", { className: "is-wrong", textContent: sentence }))));
      list.hidden = !list.children.length;
      count.hidden = !chosen.length;
      count.textContent = chosen.length === 1 ? words.one_file : fill(words.files, { count: chosen.length });
      announce([count.hidden ? "" : count.textContent, ...problems].join(" "));
    };

    const add = (files) => {
      const large = files.filter((file) => file.size > maxBytes);
      const known = new Set(chosen.map((file) => `${file.name}:${file.size}:${file.lastModified}`));
      const fresh = files.filter((file) => !large.includes(file) && !known.has(`${file.name}:${file.size}:${file.lastModified}`));
      const everything = input.multiple ? [...chosen, ...fresh] : fresh.slice(-1);
      const problems = large.map((file) => fill(words.too_large, { name: file.name }));
      if (everything.length > maxFiles) problems.push(fill(words.too_many, { count: maxFiles }));
      chosen = everything.slice(0, maxFiles);
      show(problems);
    };

    input.addEventListener("change", () => add(Array.from(input.files)));
    ["dragenter", "dragover"].forEach((name) => zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    }));
    ["dragleave", "drop"].forEach((name) => zone.addEventListener(name, () => zone.classList.remove("is-over")));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      add(Array.from(event.dataTransfer.files));
    });
  };
  all("[data-files]").forEach(enhanceFiles);

  /* Drafts: text typed into a form with data-draft survives a reload, an error or a lost connection, on this tab only. */
  const DRAFT = "gd:draft:";
  const SENT = "gd:sent";
  const draftFields = (form) => all("textarea, input[type=text], input[type=number], input:not([type])", form)
    .filter((field) => field.name && !("noDraft" in field.dataset));

  const forgetDrafts = (matches) => {
    try { Object.keys(sessionStorage).filter((name) => name.startsWith(DRAFT) && matches(name)).forEach((name) => sessionStorage.removeItem(name)); } catch { /* nothing was kept */ }
  };

  const keepDraft = (form) => {
    const name = DRAFT + form.dataset.draft;
    const values = JSON.parse(stored(sessionStorage, name) || "{}");
    let restored = false;
    draftFields(form).forEach((field) => {
      if (values[field.name] && !field.value) { field.value = values[field.name]; restored = true; }
    });
    if (restored) form.prepend(make("p", { className: "note note--success", textContent: words.restored }));
    let waiting = 0;
    const save = () => keep(sessionStorage, name, JSON.stringify(Object.fromEntries(draftFields(form).map((field) => [field.name, field.value]))));
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(save, 300); });
    form.addEventListener("submit", () => { clearTimeout(waiting); save(); keep(sessionStorage, SENT, name); });
    window.addEventListener("pagehide", () => { if (waiting) save(); });
  };

  const sent = stored(sessionStorage, SENT);
  if (sent && !("errorPage" in document.body.dataset)) {
    // Sent, and this page no longer asks for it: it arrived. On an error page, or the same form again, it stays.
    if (!all("form[data-draft]").some((form) => DRAFT + form.dataset.draft === sent)) forgetDrafts((name) => name === sent);
    keep(sessionStorage, SENT, null);
  }
  all("form[data-draft]").forEach(keepDraft);
  all("form[data-forget-drafts]").forEach((form) => form.addEventListener("submit", () => forgetDrafts(() => true)));

  /* A form is sent once; a button that has been pressed says so. */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || event.defaultPrevented || event.target.method === "dialog") return;
    if (button.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
    button.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    all("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy"));
    if (document.querySelector("[data-left]") && !isBusy()) location.reload();
  });

  /* Copy buttons, menus, the error summary's focus. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button && navigator.clipboard) navigator.clipboard.writeText(button.dataset.copy).then(() => toast(words.copied), () => {});
    all("details.menu[open]").filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
  });
  if (!navigator.clipboard) all("[data-copy]").forEach((button) => { button.hidden = true; });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  /* Ticked rows: all at once, a range with shift, and a bar that says how many. */
  const enhanceSelection = (table) => {
    const boxes = all("[data-select]", table);
    const every = table.querySelector("[data-select-all]");
    const bar = table.parentElement.querySelector("[data-bulk]");
    let last = null;
    const show = () => {
      const count = boxes.filter((box) => box.checked).length;
      boxes.forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
      if (every) { every.checked = count > 0 && count === boxes.length; every.indeterminate = count > 0 && count < boxes.length; }
      if (!bar) return;
      bar.hidden = !count;
      const label = bar.querySelector("[data-bulk-count]");
      if (label) label.textContent = fill(words.selected, { count });
    };
    boxes.forEach((box, index) => box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) {
        boxes.slice(Math.min(last, index), Math.max(last, index) + 1).forEach((other) => { other.checked = box.checked; });
      }
      last = index;
      show();
    }));
    if (every) every.addEventListener("change", () => { boxes.forEach((box) => { box.checked = every.checked; }); show(); });
    show();
  };
  all("[data-selectable]").forEach(enhanceSelection);

  window.gongduan = { words, all, make, stored, keep, announce, fill };
})();
