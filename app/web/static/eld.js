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

// The filter of a list acts when something is chosen; the button beside it stays for everyone else.
for (const select of document.querySelectorAll("select[data-send]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
