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
