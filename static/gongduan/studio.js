// The sentence of a rule while its number is typed. Without this script "Preview" shows the same.
"use strict";
for (const form of document.querySelectorAll("form[data-live]")) {
  const sentence = form.querySelector("[data-live-sentence]");
  let asked = 0;
  let waiting = 0;
  const ask = async () => {
    const mine = ++asked;
    const said = new URLSearchParams(new FormData(form));
    said.delete("csrfmiddlewaretoken");
    const answer = await fetch(`${form.dataset.live}?${said}`, { headers: { Accept: "text/plain" } }).catch(() => null);
    if (answer?.ok && mine === asked) sentence.textContent = await answer.text();
  };
  form.addEventListener("input", (event) => {
    if (!/amount|unit/.test(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 250);
  });
}
// A part of the page, made anew while a form is filled in. Without this script "Preview" shows the same.
for (const form of document.querySelectorAll("form[data-live-part]")) {
  const target = document.getElementById(form.dataset.liveTarget);
  let asked = 0;
  let waiting = 0;
  const ask = async () => {
    const mine = ++asked;
    const typed = new URLSearchParams(new FormData(form));
    typed.delete("csrfmiddlewaretoken");
    const answer = await fetch(`${form.dataset.livePart}?${typed}`, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    target.replaceChildren(...made.body.childNodes);
    const said = target.querySelector("[data-said]");
    const heard = [form.querySelector("[data-said-copy]"), document.getElementById("gd-announce")];
    for (const place of said ? heard.filter(Boolean) : []) place.textContent = said.textContent;
  };
  form.addEventListener("input", (event) => {
    const source = event.target.closest(".studio-part")?.querySelector(".studio-source");
    if (source && !source.contains(event.target)) source.open = true;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 250);
  });
}

// What a choice needs is opened with it.
document.querySelectorAll("details[data-open-with]").forEach((part) => {
  const choice = part.closest("form").elements[part.dataset.openWith];
  choice.addEventListener("change", () => { part.open = part.open || choice.value === part.dataset.openValue; });
});
