// Nothing here is needed: it only makes things quicker.
const here = document.querySelector("script[data-components]");
const { initAll } = await import(here.dataset.components);
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// A form is sent once: a second press of an impatient thumb is let fall.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 3000);
  });
}

// Every tick of a page at once, or none; each can be set by itself without this.
for (const button of document.querySelectorAll("button[data-choose]")) {
  const boxes = [...button.form.elements].filter((box) => box.type === "checkbox" && box.name === button.dataset.choose);
  const words = button.textContent;
  const whole = () => boxes.every((box) => box.checked);
  const say = () => { button.textContent = whole() ? button.dataset.none : words; };
  button.addEventListener("click", () => {
    const tick = !whole();
    for (const box of boxes) box.checked = tick;
    say();
  });
  for (const box of boxes) box.addEventListener("change", say);
  addEventListener("pageshow", say);
  say();
  button.hidden = false;
}

// The filter of a list acts when something is chosen; the button beside it stays for everyone else.
for (const select of document.querySelectorAll("select[data-send]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
