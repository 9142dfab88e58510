/* The clinician's form for hands that stay on the keyboard: lists that are searched while typing, and questions that one
   letter or digit answers. Only a question that has the focus takes one (WCAG 2.1.4); without this file all is the same form. */

import { pick } from "./pick.js";

for (const input of document.querySelectorAll("input[list]")) pick(input);

/* Enter continues from a line of text, but not from a list of choices or from a text of several lines: with Ctrl it does. */
const main = document.querySelector(".step form.form");
document.addEventListener("keydown", (event) => {
  if (main && event.key === "Enter" && (event.ctrlKey || event.metaKey)) main.requestSubmit(main.querySelector(".button--primary"));
});
for (const hint of document.querySelectorAll("[data-keys-on]")) hint.hidden = false;

/* In a list of choices that has the focus a digit chooses, and goes on to what follows and has no answer yet. */
const hasAnswer = (control) =>
  control.type === "radio" ? main.querySelector(`[name="${control.name}"]:checked`) : control.type === "checkbox" || control.value !== "";
const chosenByDigit = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
  const list = event.target.closest(".choices");
  const radio = list?.querySelectorAll("input[type='radio']")[event.key - 1];
  if (event.target.type !== "radio" || !radio) return;
  event.preventDefault();
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  const following = [...main.querySelectorAll("input:not([type='hidden']), select, textarea, button.button--primary")].find(
    (control) => list.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING && (control.localName === "button" || !hasAnswer(control)),
  );
  following?.focus();
};
main?.addEventListener("keydown", chosenByDigit);

for (const table of document.querySelectorAll("[data-asking]")) {
  const form = table.closest("form");
  const rows = [...table.querySelectorAll("fieldset")];
  const rest = form.querySelector("button[name='more'][value='no']");
  table.querySelector("[data-keys]").hidden = false;
  const following = (row) => {
    const open = rows.slice(rows.indexOf(row) + 1).find((other) => !other.querySelector(":checked"));
    if (open) return open.querySelector("input");
    const controls = [...form.querySelectorAll("input:not([type='hidden']), select, textarea, button")];
    return controls.find((control) => !table.contains(control) && table.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING);
  };
  table.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = event.target.closest("fieldset");
    const chosen = [...(row?.querySelectorAll("[data-key]") ?? [])].find((radio) => radio.dataset.key === event.key.toLowerCase());
    if (!chosen) return;
    event.preventDefault();
    if (event.shiftKey) {
      if (chosen.value === "NO") rest?.click();
      return;
    }
    chosen.checked = true;
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
    following(row)?.focus();
  });
}
