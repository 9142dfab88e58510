/* A field with a list of suggestions in the page: a combobox with a list (WAI-ARIA 1.2, list autocomplete with manual
   selection). What is typed is looked for in the page alone; nothing is asked of anybody. Without this file the browser's
   own list helps, and the server lists what may be meant. */

const MOST = 12;
const wordsOf = (text) => text.toLowerCase().split(/[^\p{L}\p{N}.]+/u).filter(Boolean);

const matches = (options, typed) => {
  const words = wordsOf(typed).map((word) => word.slice(0, 6));
  if (!words.length) return [];
  const code = words[0].replace(".", "");
  const byValue = options.filter((o) => o.value.toLowerCase().replace(".", "").startsWith(code) && words.length === 1);
  const rest = options.filter((o) => !byValue.includes(o) && words.every((word) => o.words.some((other) => other.startsWith(word))));
  return [...byValue, ...rest].slice(0, MOST);
};

let count = 0;
export const pick = (input) => {
  const source = document.getElementById(input.getAttribute("list"));
  if (!source) return;
  input.removeAttribute("list");
  const options = [...source.options].map((o) => ({ value: o.value, label: o.text, words: [...wordsOf(o.text), ...wordsOf(o.value)] }));
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `picks-${count += 1}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent ?? "");
  list.hidden = true;
  const holder = document.createElement("div");
  holder.className = "suggest";
  const focused = document.activeElement === input;
  input.replaceWith(holder);
  holder.append(input, list);
  if (focused) input.focus();
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
  })) input.setAttribute(name, value);

  let found = [];
  let at = -1;
  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (next) => {
    at = next;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const meant = document.querySelectorAll(`input[type="radio"][name="${input.name}"]`);
  const take = (option) => {
    input.value = option.value;
    for (const radio of meant) radio.checked = false;
    close();
  };
  const show = () => {
    found = matches(options, input.value);
    if (found.length === 1 && found[0].value === input.value) found = [];
    list.replaceChildren(...found.map((option, i) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${i}`;
      item.className = "suggestions__option";
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      if (option.label.toLowerCase().startsWith(option.value.toLowerCase())) item.textContent = option.label;
      else {
        const value = document.createElement("strong");
        value.textContent = option.value;
        item.append(value, ` ${option.label}`);
      }
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(option));
      return item;
    }));
    at = -1;
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  };

  input.addEventListener("input", () => { for (const radio of meant) radio.checked = false; show(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) { close(); event.preventDefault(); return; }
    if (list.hidden) {
      if (event.key === "ArrowDown") { show(); if (found.length) point(0); event.preventDefault(); }
      return;
    }
    if (event.key === "ArrowDown") { point((at + 1) % found.length); event.preventDefault(); }
    else if (event.key === "ArrowUp") { point(at <= 0 ? found.length - 1 : at - 1); event.preventDefault(); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); take(found[at]); }
    else if (event.key === "Tab") { if (at >= 0) take(found[at]); close(); }
  });
};
