/* Places while typing: a combobox with a list (WAI-ARIA 1.2, list autocomplete with manual selection). */

const PAUSE_MS = 120;
let count = 0;

export const suggest = (input) => {
  if (input.dataset.suggest) return;
  input.dataset.suggest = "on";
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `suggestions-${count += 1}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent ?? "");
  list.hidden = true;
  const holder = document.createElement("div");
  holder.className = "suggest";
  input.replaceWith(holder);
  holder.append(input, list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
  })) input.setAttribute(name, value);

  let places = [];
  let at = -1;
  let pause;
  let asked;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (next) => {
    at = next;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const take = (place) => {
    input.value = place.near;
    close();
    input.form.requestSubmit();
  };
  const show = () => {
    list.replaceChildren(...places.map((place, i) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${i}`;
      option.className = "suggestions__option";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = place.label;
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => take(place));
      return option;
    }));
    at = -1;
    list.hidden = !places.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  };
  const ask = async () => {
    asked?.abort();
    const typed = input.value.trim();
    if (typed.length < 2) { places = []; close(); return; }
    asked = new AbortController();
    try {
      const answer = await fetch(`/api/v1/places?q=${encodeURIComponent(typed)}`, { signal: asked.signal });
      if (!answer.ok) return;
      places = (await answer.json()).candidates;
      if (document.activeElement === input) show();
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(ask, PAUSE_MS); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) { close(); event.preventDefault(); return; }
    if (list.hidden) {
      if (event.key === "ArrowDown" && places.length) { show(); point(0); event.preventDefault(); }
      return;
    }
    if (event.key === "ArrowDown") { point((at + 1) % places.length); event.preventDefault(); }
    else if (event.key === "ArrowUp") { point(at <= 0 ? places.length - 1 : at - 1); event.preventDefault(); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); take(places[at]); }
    else if (event.key === "Tab") close();
  });
};
