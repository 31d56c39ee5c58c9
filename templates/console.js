// Comfort only: every page does all of its work without this file.
(() => {
  "use strict";
  const KEYS = "happyflow-toetsen";
  const make = (name, text, parts = {}) => Object.assign(document.createElement(name), { textContent: text }, parts);
  const button = (text, pressed) => {
    const made = make("button", text, { type: "button" });
    made.addEventListener("click", () => pressed(made));
    return made;
  };

  // What is said here is read out, wherever somebody is on the page.
  const told = make("div", "", { className: "melding" });
  told.setAttribute("role", "status");
  document.querySelector("main").before(told);

  // A session that is about to end is told of in time, and goes on without leaving the page and what was typed on it.
  const who = document.querySelector("[data-ongebruikt]");
  const idle = who ? Number(who.dataset.ongebruikt) : 0;
  const WARNED = 300;
  let waiting;
  const wait = () => {
    clearTimeout(waiting);
    if (idle > 0) waiting = setTimeout(warn, Math.max(idle - WARNED, 1) * 1000);
  };
  const warn = () => {
    const minutes = Math.round(Math.min(WARNED, idle) / 60);
    const go = button("Blijf ingelogd", async (pressed) => {
      pressed.disabled = true;
      const answer = await fetch("/sessie", { redirect: "manual" }).catch(() => null);
      if (answer && answer.ok) {
        told.replaceChildren(make("p", "U blijft ingelogd."));
        wait();
      } else {
        told.replaceChildren(make("p", "Uw sessie is geëindigd. Wat u typt blijft bewaard: verstuur het formulier, en log daar opnieuw in."));
      }
    });
    told.replaceChildren(make("p", `Uw sessie eindigt over ${minutes} minuten als u niets doet.`), go);
  };
  wait();

  // The number of what a page is about, for elsewhere.
  const numbered = document.querySelector("h1[data-nummer]");
  if (numbered && navigator.clipboard) {
    const copy = button("Kopieer het nummer", async () => {
      await navigator.clipboard.writeText(numbered.dataset.nummer);
      told.replaceChildren(make("p", `Gekopieerd: ${numbered.dataset.nummer}`));
    });
    copy.className = "bescheiden";
    numbered.after(copy);
  }

  // Keys of one letter are off until somebody turns them on in this browser.
  const kept = () => {
    try { return localStorage.getItem(KEYS) === "aan"; } catch { return false; }
  };
  const heading = [...document.querySelectorAll("h2")].find((it) => it.textContent === "Sneltoetsen");
  if (heading) {
    const words = () => (kept() ? "Zet sneltoetsen uit" : "Zet sneltoetsen aan");
    heading.parentElement.append(button(words(), (pressed) => {
      try { localStorage.setItem(KEYS, kept() ? "uit" : "aan"); } catch { /* A browser that keeps nothing. */ }
      pressed.textContent = words();
    }));
  }
  const step = (by) => {
    const rows = [...document.querySelectorAll("tbody tr")].map((row) => row.querySelector("a")).filter(Boolean);
    const here = rows.findIndex((door) => door.closest("tr").contains(document.activeElement));
    const next = rows[here < 0 ? 0 : Math.min(Math.max(here + by, 0), rows.length - 1)];
    if (next) next.focus();
  };
  const keys = {
    "/": () => document.getElementById("zoek-q")?.focus(),
    "?": () => location.assign("/help"),
    j: () => step(1),
    k: () => step(-1),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (!kept() || typing || event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
