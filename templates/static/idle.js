// A page that nobody touches for a while locks itself. Asleep, the computer does not count: time is looked at, not waited for.
"use strict";

const { seconds, to } = document.currentScript.dataset;
const SENDING = 10 * 60 * 1000; // milliseconds
let touched = Date.now();

const lock = () => {
  // Once: asked for anew each second, a slow line would never bring the locked page.
  clearInterval(watch);
  document.body.hidden = true;
  location.replace(to);
};

const look = () => {
  if (Date.now() - touched > Number(seconds) * 1000) lock();
};

const watch = setInterval(look, 1000);

for (const sign of ["pointerdown", "pointermove", "keydown", "scroll", "touchstart"]) {
  document.addEventListener(sign, () => {
    look(); // what wakes the computer does not come from whoever read here
    touched = Math.max(touched, Date.now());
  }, { passive: true, capture: true });
}

// What is being sent leads to a page of its own; locked on the way, a picture on a slow line would be lost.
addEventListener("submit", () => { touched = Date.now() + SENDING; });

// A page the browser kept for the back button may be locked, or closed, by now.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
