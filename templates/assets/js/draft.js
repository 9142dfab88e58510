/* Keeps what is typed into a section as a draft on our server: after some seconds of quiet, and when the page is left.
   Nothing is kept in the browser. Without this file the button "Keep as a draft" does the same. */

const QUIET_MS = 4_000;
const line = document.querySelector("[data-draft]");
const form = line.closest("form");
let timer;
let typed = false;
let under_way;

const body = () => {
  const sent = new URLSearchParams(new FormData(form));
  sent.set("then", "keep");
  return sent;
};

const say = (words) => { line.textContent = words; };

const keep = async () => {
  typed = false;
  under_way = new AbortController();
  try {
    const answer = await fetch(form.action, { method: "POST", body: body(), redirect: "error", signal: under_way.signal });
    if (!answer.ok) throw new Error("not kept");
    const now = new Date().toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", hour12: false });
    say(line.dataset.kept.replace("{time}", now));
  } catch (problem) {
    if (problem.name === "AbortError") return;
    typed = true;
    say(line.dataset.failed);
  } finally {
    under_way = undefined;
  }
};

form.addEventListener("input", () => {
  typed = true;
  clearTimeout(timer);
  timer = setTimeout(keep, QUIET_MS);
});

/* The form itself is on its way: a draft that came after it would bring back what was just saved. */
form.addEventListener("submit", () => {
  typed = false;
  clearTimeout(timer);
  under_way?.abort();
});

addEventListener("pagehide", () => {
  if (typed) fetch(form.action, { method: "POST", body: body(), redirect: "manual", keepalive: true });
});
