// Says in time that the desk is about to close, and keeps it open by one press. Nothing typed is touched: the page stays.
// Another tab may have kept it open meanwhile, so the server is asked before anything is said.
"use strict";

{
  const bar = document.getElementById("stay");
  const words = bar.querySelector("[aria-live]");
  const button = bar.querySelector("button");
  const SOON = 10 * 60; // seconds before it closes
  const ASK_EVERY = 4 * 60 * 1000;
  let asked = Date.now();

  const say = (kind, seconds) => {
    const next = document.getElementById(`stay-${kind}`).content.cloneNode(true);
    const minutes = next.querySelector("span");
    if (minutes) {
      minutes.textContent = Math.max(1, Math.round(seconds / 60));
    }
    // Said again only when it differs: a screen reader reads every change aloud.
    if (bar.hidden || words.textContent !== next.textContent) {
      bar.hidden = false;
      words.replaceChildren(next);
    }
    button.hidden = kind !== "soon";
  };

  const ask = async (method) => {
    asked = Date.now();
    let answer;
    try {
      answer = await fetch("/inbox/stay", { method, headers: method === "GET" ? { "X-Live": "1" } : {}, cache: "no-store" });
    } catch {
      return; // No line just now: asked again a little later.
    }
    if (answer.redirected || answer.status === 401) {
      say("closed", 0);
    } else if (answer.ok) {
      const left = await answer.json();
      if (left.seconds > SOON) {
        bar.hidden = true;
      } else {
        say(left.more ? "soon" : "longest", left.seconds);
      }
    }
  };

  // Asleep, the computer does not count: time is looked at, not waited for.
  setInterval(() => {
    if (Date.now() - asked >= (bar.hidden ? ASK_EVERY : ASK_EVERY / 4)) {
      ask("GET");
    }
  }, 5000);
  button.addEventListener("click", () => ask("POST"));
}
