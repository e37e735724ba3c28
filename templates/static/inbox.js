// Keeps the staff pages fresh: when the server says that something changed, the page is fetched again and the parts
// marked data-live are put in place where they differ. That something acute came is said at once, before any page is
// read. Without this script every page works by loading it again.
"use strict";

const AT_THE_END = 48;

// What is just being pressed is not replaced under the finger: the press would be lost. (A scroll bar may be let go unseen.)
let released = Promise.resolve();
addEventListener("pointerdown", () => {
  released = new Promise((resolve) => {
    addEventListener("pointerup", () => setTimeout(resolve), { once: true, capture: true });
    addEventListener("pointercancel", () => setTimeout(resolve), { once: true, capture: true });
    setTimeout(resolve, 10000);
  });
}, { capture: true });

// What a press was answered with cannot be read again where it stands: such a page says where.
const address = document.body.dataset.address || location.href;

// told: by which moment what changed is to be seen. What others have read since then is good enough.
// Gives whether to go on listening: not where the desk is closed.
async function freshen(told) {
  let answer;
  try {
    answer = await fetch(address, { headers: { "X-Live": "1", "X-Told": told }, cache: "no-store" });
  } catch {
    return true; // No line: the stream begins anew when there is one, and the page is read then.
  }
  if (answer.status >= 500 || answer.status === 405) {
    return true; // Crowded, away for a moment, or the answer to a press: go on listening.
  }
  if (answer.redirected) {
    return false;
  }
  if (!answer.ok) {
    document.querySelectorAll("[data-live]").forEach((part) => part.removeAttribute("data-live"));
    return true; // No longer one's own to read. That something acute came is told all the same.
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (fresh.body.dataset.desk !== document.body.dataset.desk) {
    // It would be the lists of another municipality.
    const bar = document.getElementById("another-desk");
    if (bar && bar.childElementCount === 0) {
      bar.append(document.getElementById("another-desk-words").content.cloneNode(true));
    }
    return true;
  }
  await released;
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (!next || next.innerHTML === part.innerHTML || part.contains(document.activeElement?.closest("input, textarea, select"))) {
      continue;
    }
    const held = part.contains(document.activeElement) && document.activeElement !== part ? focusPath(document.activeElement) : null;
    const followed = part.scrollHeight - part.scrollTop - part.clientHeight < AT_THE_END;
    const stood = part.scrollTop;
    part.innerHTML = next.innerHTML;
    part.scrollTop = part.hasAttribute("data-follow") && followed ? part.scrollHeight : stood;
    if (held) {
      part.querySelector(held)?.focus();
    }
  }
  if (document.getElementById("queues") && !document.querySelector("#queues .count--acute")) {
    acuteCame(false); // Somebody has seen to it.
  }
  return true;
}

// Said with a word and a link wherever one works; it stays until one has followed it, or nothing acute is left.
function acuteCame(came) {
  const bar = document.getElementById("acute-came");
  if (bar && (came || bar.childElementCount > 0)) {
    bar.replaceChildren(...(came ? [document.getElementById("acute-came-words").content.cloneNode(true)] : []));
  }
}

// A link or a button is the same one if it leads to the same place.
function focusPath(element) {
  const form = element.closest("form");
  if (element.matches("a[href]")) {
    return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
  }
  return form ? `form[action="${CSS.escape(form.getAttribute("action"))}"] button` : null;
}

// A browser finds its way back by itself when the line breaks, and not from an answer that is no stream: of a proxy while
// we start anew, of a database that is away, or the way in where the desk was closed. It may be open again, from another tab.
const AGAIN = 10 * 1000; // milliseconds, and up to as many more: not all pages at once

function listen() {
  // What changes while the page is being read may have come too late for it: it is read once more.
  let changed = false;
  let reading = false;
  let told = "";
  let source = null;
  let waits = 0;
  const thread = document.body.dataset.thread;

  const later = () => {
    source.close();
    clearTimeout(waits);
    waits = setTimeout(open, AGAIN * (1 + Math.random()));
  };

  const hear = async (event, part) => {
    if (!document.querySelector(part)) {
      return; // Nothing here is read again: it listens for what is acute alone.
    }
    changed = true;
    told = event.data;
    if (reading) {
      return;
    }
    reading = true;
    try {
      while (changed) {
        changed = false;
        if (!(await freshen(told))) {
          later();
        }
      }
    } finally {
      reading = false;
    }
  };

  function open() {
    source = new EventSource(thread ? `/inbox/live?thread=${thread}` : "/inbox/live");
    source.addEventListener("acute", () => acuteCame(true));
    source.addEventListener("changed", (event) => hear(event, "[data-live]"));
    // At her desk in another municipality: only the lists show that.
    source.addEventListener("elsewhere", (event) => hear(event, "#queues"));
    source.addEventListener("error", (event) => {
      if (event.target === source && source.readyState === EventSource.CLOSED) {
        later();
      }
    });
  }

  open();
  addEventListener("pagehide", () => {
    clearTimeout(waits);
    source.close();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      open(); // The browser had kept the page for the back button.
    }
  });
}

// What arrives is shown while the fields of a phrase are filled in.
function preview() {
  document.addEventListener("input", async (event) => {
    const form = event.target.closest("form[data-preview]");
    if (!form) {
      return;
    }
    const asked = new URL(form.action);
    asked.search = new URLSearchParams(new FormData(form));
    const answer = await fetch(asked, { headers: { "X-Live": "1" }, cache: "no-store" });
    const part = document.getElementById("preview");
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("preview");
    const latest = new URLSearchParams(new FormData(form)).toString() === asked.searchParams.toString();
    if (part && next && latest) {
      part.innerHTML = next.innerHTML;
    }
  });
}

// Pressing twice sends once. Where the page stays (what came was a file to save) it can be pressed anew after a while.
const APART = 5000; // milliseconds
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") {
    return;
  }
  if (performance.now() - Number(form.dataset.sent ?? -APART) < APART) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = performance.now();
  if (document.body.dataset.desk && !form.elements.namedItem("desk")) {
    // Another tab may have gone to another desk: what is pressed here is done at this one, or nowhere.
    const desk = Object.assign(document.createElement("input"), { type: "hidden", name: "desk" });
    desk.value = document.body.dataset.desk;
    form.append(desk);
  }
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

for (const part of document.querySelectorAll("[data-follow]")) {
  part.scrollTop = part.scrollHeight;
}
document.querySelector(".phrase--chosen")?.scrollIntoView({ block: "nearest" });
if (document.querySelector("[data-live]") || document.getElementById("acute-came")) {
  listen();
}
preview();
