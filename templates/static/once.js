// A button that is pressed twice sends once: the second press would use up a code, or say the same a second time.
"use strict";

const APART = 5000; // milliseconds: whoever stopped the first on its way may press again
let last = { button: null, at: -Infinity };

document.addEventListener("submit", (event) => {
  if (event.submitter === last.button && performance.now() - last.at < APART) event.preventDefault();
  else last = { button: event.submitter, at: performance.now() };
});

// The browser may have kept the page for the back button.
addEventListener("pageshow", () => { last = { button: null, at: -Infinity }; });
