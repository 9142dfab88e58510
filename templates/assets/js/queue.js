// The queue by keyboard: j and k go down and up, Enter opens (it is a link). An addition: Tab does the same.
const links = [...document.querySelectorAll("[data-item]")];

function typing(target) {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const step = { j: 1, k: -1 }[event.key];
  if (!step || links.length === 0) return;
  const at = links.indexOf(document.activeElement);
  const next = at === -1 ? (step === 1 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  event.preventDefault();
});
