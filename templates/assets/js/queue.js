// The queue by keyboard: j and k go down and up, Enter opens (it is a link), ? shows the keys where the page has them.
// An addition: Tab does the same, and the link to the keys works by itself.
const links = [...document.querySelectorAll("[data-item]")];

function typing(target) {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

const keys = document.getElementById("keys");

function showKeys() {
  if (!keys.open) keys.showModal();
}

if (keys) {
  document.querySelector("a[href='#keys']").addEventListener("click", (event) => {
    event.preventDefault();
    showKeys();
  });
  keys.querySelector("[data-close]").addEventListener("click", (event) => {
    event.preventDefault();
    keys.close();
  });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "?" && keys) {
    showKeys();
    event.preventDefault();
    return;
  }
  if (keys && keys.open) return;
  const step = { j: 1, k: -1 }[event.key];
  if (!step || links.length === 0) return;
  const at = links.indexOf(document.activeElement);
  const next = at === -1 ? (step === 1 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  event.preventDefault();
});
