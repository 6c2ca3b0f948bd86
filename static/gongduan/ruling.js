/* The bench's form: the list of unanswered exhibits keeps up with what is typed. Without a script the server says it. */
(() => {
  "use strict";
  const { all, make } = window.gongduan;
  const form = document.querySelector("form[data-answers]");
  const box = form && form.querySelector("[data-unanswered]");
  if (!box) return;
  const answers = all("textarea[name^=finding_]", form);
  const nameOf = (field) => (field.labels[0] ? field.labels[0].firstChild.textContent.trim() : field.name);
  const tell = () => {
    const missing = answers.filter((field) => !field.value.trim());
    box.hidden = !missing.length;
    box.querySelector("ul").replaceChildren(...missing.map((field) => make("li", {}, make("a", { href: `#${field.id}`, textContent: nameOf(field) }))));
  };
  form.addEventListener("input", tell);
  tell();
})();
