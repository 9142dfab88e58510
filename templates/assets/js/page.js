/* Small helps on every page. Without this file everything still works. */

const summary = document.getElementById("error-summary");
if (summary) summary.focus();

for (const field of document.querySelectorAll("[data-count]")) {
  const area = field.querySelector("textarea");
  const words = field.querySelector("[data-count-words]");
  const most = Number(field.dataset.count);
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  field.append(spoken);
  let pause;
  const tell = () => {
    const left = most - area.value.length;
    const text = (left < 0 ? words.dataset.countOver : words.dataset.countWords).replace("{n}", Math.abs(left).toLocaleString("en-US"));
    words.textContent = text;
    words.classList.toggle("field__count--over", left < 0);
    clearTimeout(pause);
    pause = setTimeout(() => { spoken.textContent = text; }, 1000);
  };
  area.addEventListener("input", tell);
  if (area.value) tell();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = button.textContent;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 3000);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
