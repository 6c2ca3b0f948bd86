// A month: how many days are chosen, a row of them with Shift, and the arrow keys from day to day.
"use strict";
for (const month of document.querySelectorAll("[data-month]")) {
  const days = [...month.querySelectorAll("input[name=days]")];
  const words = month.closest("form")?.querySelector("[data-chosen]");
  let last = -1;
  const tell = () => {
    if (words) words.textContent = `${words.dataset.chosenWords} ${days.filter((day) => day.checked).length}`;
  };
  month.addEventListener("click", (event) => {
    const at = days.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last >= 0) for (let i = Math.min(at, last); i <= Math.max(at, last); i++) days[i].checked = event.target.checked;
    last = at;
    tell();
  });
  month.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const next = step && days[days.indexOf(event.target) + step];
    if (!next || !days.includes(event.target)) return;
    event.preventDefault();
    next.focus();
  });
  if (days.length) tell();
}
