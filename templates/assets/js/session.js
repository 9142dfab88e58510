/* Two minutes before a session ends for idleness: says so, and extends it by one press. Without this file the session
   ends all the same, and a form that is sent too late comes back with all that was typed. */

const box = document.querySelector("[data-session]");
const warning = box.querySelector("[data-session-warning]");
const over = box.querySelector("[data-session-over]");
const WARN_MS = 120_000;
let timers = [];

const show = (part) => {
  warning.hidden = part !== warning;
  over.hidden = part !== over;
  box.hidden = !part;
};

const plan = (seconds) => {
  timers.forEach(clearTimeout);
  show(null);
  const end = seconds * 1000;
  timers = [
    setTimeout(() => { show(warning); }, Math.max(0, end - WARN_MS)),
    setTimeout(() => { show(over); }, end),
  ];
};

box.querySelector("button").addEventListener("click", async () => {
  try {
    const answer = await fetch("/account/extend", { method: "POST", body: new URLSearchParams(), redirect: "error" });
    if (!answer.ok) throw new Error("signed out");
    plan((await answer.json()).left_s);
  } catch {
    show(over);
  }
});

plan(Number(box.dataset.session));
