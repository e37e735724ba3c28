// Shortcuts of the inbox: j and k go down and up the list, c takes, s lets rest, l hands over, x closes, / searches,
// ? shows them all. Enter opens what has the focus, as everywhere. They press what stands on the page, so without this
// script everything is there all the same; they never act while somebody types, and can be turned off.
"use strict";

{
  const OFF = "imorgon-keys-off";
  const MORE = { s: "rest", l: "give", x: "close", g: "assign" };

  const isOff = () => {
    try {
      return localStorage.getItem(OFF) === "1";
    } catch {
      return false; // The browser keeps nothing: they are on.
    }
  };

  const typesIn = (element) =>
    element instanceof Element && (element.closest("input, textarea, select, [contenteditable]") !== null);

  const lines = () => [...document.querySelectorAll("#list .row__body:is([href], button)")];

  // The line with the focus, or the one whose conversation is open.
  const current = () =>
    document.activeElement?.closest("#list .row") ?? document.querySelector("#list .row--selected");

  const go = (step) => {
    const every = lines();
    const at = every.indexOf(current()?.querySelector(".row__body:is([href], button)"));
    const next = at < 0 ? (step > 0 ? 0 : every.length - 1) : at + step;
    every[next]?.focus();
    every[next]?.scrollIntoView({ block: "nearest" });
  };

  const take = () => {
    const line = document.activeElement?.closest("#list .row");
    const button = line ? line.querySelector("[data-key=c]") : document.querySelector("main [data-key=c]:not(#list *)");
    (button ?? current()?.querySelector("[data-key=c]"))?.click();
  };

  const more = (what) => {
    const task = current()?.dataset.task ?? (location.pathname.startsWith("/inbox/tasks/") ? location.pathname : null);
    if (task) {
      location.assign(`${task}?do=${what}`);
    }
  };

  const search = () => {
    const field = document.getElementById("words-sought") ?? document.getElementById("search");
    if (field && field.checkVisibility()) {
      field.focus();
      field.select();
    } else {
      location.assign("/inbox/search");
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) {
      return;
    }
    if (typesIn(event.target) || isOff()) {
      return;
    }
    if (event.key === "j" || event.key === "k") {
      go(event.key === "j" ? 1 : -1);
    } else if (event.repeat) {
      return; // A key that is held presses once.
    } else if (event.key === "c") {
      take();
    } else if (event.key === "/") {
      search();
    } else if (event.key === "?") {
      location.assign("/inbox/keys");
    } else if (Object.hasOwn(MORE, event.key)) {
      more(MORE[event.key]);
    } else {
      return;
    }
    event.preventDefault();
  });

  // On the page that shows them: who speaks to her computer, or has a key that slips, turns them off.
  const button = document.getElementById("keys-off");
  if (button) {
    const say = () => {
      button.textContent = isOff() ? "Slå på kortkommandon" : "Slå av kortkommandon";
    };
    button.addEventListener("click", () => {
      try {
        if (isOff()) {
          localStorage.removeItem(OFF);
        } else {
          localStorage.setItem(OFF, "1");
        }
      } catch {
        return;
      }
      say();
    });
    button.hidden = false;
    say();
  }
}
