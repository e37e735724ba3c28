// A page that nobody touches for a while locks itself. Asleep, the computer does not count: time is looked at, not waited for.
"use strict";

const { seconds, to } = document.currentScript.dataset;
let touched = Date.now();

for (const sign of ["pointerdown", "pointermove", "keydown", "scroll", "touchstart"]) {
  document.addEventListener(sign, () => { touched = Date.now(); }, { passive: true, capture: true });
}

setInterval(() => {
  if (Date.now() - touched > Number(seconds) * 1000) {
    document.body.hidden = true;
    location.replace(to);
  }
}, 1000);
