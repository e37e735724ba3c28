// The chat without reloads: posts forms in place and receives new entries as they come.
// Without this script every form posts and the page is drawn anew; nothing else is lost.
"use strict";

const log = document.getElementById("log");
const answers = document.getElementById("answers");
const state = document.getElementById("state");
const words = document.getElementById("words");
const talk = log.closest(".panel__talk");

// The stream is taken up again every three seconds; only what lasts longer is worth a word.
const BREATH = 6000;

let source = null;
let waitsForOwn = false;
let told = state.textContent.trim() ? "wait" : "";
let quiet = null;

function tell(key) {
  told = key;
  state.querySelector(".state__words").textContent = key ? state.dataset[key] : "";
  state.classList.toggle("state--wrong", ["lost", "offline", "failed", "long"].includes(key));
}

// --- Following along: the view moves only when it already was at the end -------------------------------------------

function scrolls() {
  return getComputedStyle(talk).overflowY === "auto" ? talk : document.scrollingElement;
}

function atEnd() {
  const box = scrolls();
  return box.scrollHeight - box.scrollTop - box.clientHeight < 120;
}

function toEnd() {
  const box = scrolls();
  box.scrollTop = box.scrollHeight;
}

// --- New entries ----------------------------------------------------------------------------------------------------

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function add(number, html) {
  if (document.getElementById(`e${number}`)) return;
  const follow = atEnd();
  document.getElementById("hello")?.remove();
  // One that becomes visible late stands where it was written.
  const later = [...log.querySelectorAll("[id^=e]")].find((one) => Number(one.id.slice(1)) > number);
  log.insertBefore(fragment(html), later ?? null);
  const own = document.querySelector(`#e${number}.bubble--person`);
  if (own && waitsForOwn) {
    waitsForOwn = false;
    // The pressed button is gone: the place where its answer now stands is where the keyboard goes on.
    if (document.activeElement === document.body) own.focus({ preventScroll: true });
  }
  if (follow || own) toEnd();
}

// What is just being pressed is not replaced under the finger: the press would be lost. (A scroll bar may be let go unseen.)
let released = Promise.resolve();
addEventListener("pointerdown", () => {
  released = new Promise((resolve) => {
    addEventListener("pointerup", () => setTimeout(resolve), { once: true, capture: true });
    addEventListener("pointercancel", () => setTimeout(resolve), { once: true, capture: true });
    setTimeout(resolve, 2000);
  });
}, { capture: true });

let standing = null;

async function show(html, waiting) {
  await released;
  tell(waiting ? "wait" : "");
  if (html === standing) return;
  standing = html;
  const follow = atEnd();
  const held = answers.contains(document.activeElement);
  answers.replaceChildren(fragment(html));
  if (held) log.lastElementChild?.focus({ preventScroll: true });
  if (follow) toEnd();
}

function listen() {
  if (source && source.readyState !== EventSource.CLOSED) return;
  source = new EventSource(`${log.dataset.stream}?after=${log.dataset.after}&language=${log.dataset.language}`);
  source.addEventListener("open", () => {
    clearTimeout(quiet);
    quiet = null;
    if (told === "offline" || told === "lost") tell("");
  });
  source.addEventListener("entry", (event) => {
    const { number, html } = JSON.parse(event.data);
    add(number, html);
  });
  source.addEventListener("answers", (event) => {
    const { html, waiting } = JSON.parse(event.data);
    show(html, waiting);
  });
  source.addEventListener("reload", () => location.reload());
  source.addEventListener("error", () => {
    // The browser tries again by itself unless it was turned away; then we do.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    if (!navigator.onLine) tell("offline");
    quiet ??= setTimeout(() => { if (!told || told === "wait") tell("lost"); }, BREATH);
  });
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// --- Posting --------------------------------------------------------------------------------------------------------

async function post(form, button) {
  const fields = new URLSearchParams(new FormData(form, button));
  const said = form.hasAttribute("data-words") ? words.value : null;
  if (said !== null && !said.trim()) return;
  const slow = setTimeout(() => tell("wait"), 1000);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(button?.hasAttribute("formaction") ? button.formAction : form.action, {
      method: "POST", body: fields, headers: { Accept: "application/json" }, credentials: "same-origin",
    });
    const { state: outcome } = await answer.json();
    clearTimeout(slow);
    if (outcome !== "received") { tell(outcome); return; }
    tell("");
    waitsForOwn = true;
    if (said !== null && words.value === said) words.value = "";
    // The next press is another one; the same one tried again would have kept its id.
    for (const id of document.querySelectorAll("input[name=post]")) id.value = newId();
    listen();
    // Where something on the way holds the stream back, the page is drawn anew instead.
    setTimeout(() => { if (waitsForOwn) location.reload(); }, 4000);
  } catch {
    clearTimeout(slow);
    tell("offline");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-post")) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") !== "true") post(form, event.submitter);
});

// Enter sends where there is a keyboard; on a touch screen Enter is a new line and the arrow sends.
words.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches) {
    event.preventDefault();
    words.form.requestSubmit();
  }
});

window.addEventListener("offline", () => tell("offline"));
window.addEventListener("online", () => { tell(""); listen(); });

toEnd();
if (Number(log.dataset.after) > 0) listen();
