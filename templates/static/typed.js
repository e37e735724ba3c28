// What is typed and not sent yet is kept in this tab: looking at another part of the page, another press, the back button
// or a desk that was closed loses nothing. It is sealed by a key that only her own pages have, and is gone with the tab,
// when it is sent, and when she signs out. Fields that the browser is not to remember (autocomplete) are not kept here
// either. Without this script, what is pressed when the desk is closed is kept as before.
"use strict";

{
  const KEPT = "imorgon-typed ";
  const GOES = "imorgon-typed-goes";
  const NONCE = 12; // bytes
  const words = new TextEncoder();

  const own = document.body.dataset.typed; // none where nobody sits

  const fields = [...document.querySelectorAll("form[method=post] textarea")].filter(
    (field) => field.autocomplete !== "off" && field.form.autocomplete !== "off",
  );

  // Of where it is sent, wherever it is shown: the page of a press that was refused has another address.
  // A decision is looked at, put forward and signed by forms of their own, with the same words.
  const path = (address) => new URL(address, location.href).pathname.replace(/\/decision\/(preview|put-forward)$/, "/decision");
  // What was not found at this desk, and is sent at another one from the page that says so, goes by way of there.
  const sentTo = (address) => {
    const asked = new URL(address, location.href).searchParams;
    return path(asked.has("again") ? asked.get("to") : address);
  };
  const called = (field) => `${KEPT}${path(field.form.getAttribute("action"))} ${field.name}`;

  const key =
    own &&
    crypto.subtle?.importKey(
      "raw",
      Uint8Array.from(atob(own), (one) => one.charCodeAt(0)),
      "AES-GCM",
      false,
      ["encrypt", "decrypt"],
    );

  const latest = new Map();

  const keep = async (field) => {
    const name = called(field);
    const turn = (latest.get(name) ?? 0) + 1;
    latest.set(name, turn);
    if (field.value === "") {
      sessionStorage.removeItem(name);
      return;
    }
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    const how = { name: "AES-GCM", iv: nonce, additionalData: words.encode(name) };
    const sealed = new Uint8Array(await crypto.subtle.encrypt(how, await key, words.encode(field.value)));
    if (latest.get(name) === turn) {
      sessionStorage.setItem(name, btoa(String.fromCharCode(...nonce, ...sealed)));
    }
  };

  const giveBack = async (field) => {
    const name = called(field);
    const kept = sessionStorage.getItem(name);
    if (kept === null) {
      return;
    }
    const raw = Uint8Array.from(atob(kept), (one) => one.charCodeAt(0));
    const how = { name: "AES-GCM", iv: raw.slice(0, NONCE), additionalData: words.encode(name) };
    let plain;
    try {
      plain = new TextDecoder().decode(await crypto.subtle.decrypt(how, await key, raw.slice(NONCE)));
    } catch {
      return; // Somebody else's, who sat here before.
    }
    if (field.value === "") {
      field.value = plain;
      for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) {
        around.open = true;
      }
    }
  };

  // What went when this page was asked for: it is sent, unless the answer says no, or asks for something first, or one
  // has come back from an answer that never came, or gone on from it by an address (an answer tells which page it is of).
  const went = () => {
    const name = sessionStorage.getItem(GOES);
    sessionStorage.removeItem(GOES);
    const came = performance.getEntriesByType("navigation")[0];
    const answers = document.referrer !== "" && came?.type !== "back_forward";
    if (name !== null && answers && own && !("refused" in document.body.dataset)) {
      name.split("\n").forEach((one) => sessionStorage.removeItem(one));
    }
    return name !== null && !came?.redirectCount; // What was done leads on to a page of its own.
  };

  const begin = () => {
    const givenBack = went();
    for (const field of key ? fields : []) {
      if (field.value !== "") {
        if (givenBack) {
          keep(field); // With why it was refused, or to be looked at first: it is not sent yet.
        }
      } else {
        giveBack(field);
      }
    }
    document.addEventListener("input", (event) => {
      if (key && fields.includes(event.target)) {
        keep(event.target);
      }
    });
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.getAttribute("action") === "/inbox/sign-out") {
        Object.keys(sessionStorage)
          .filter((name) => name.startsWith(KEPT))
          .forEach((name) => sessionStorage.removeItem(name));
      }
      // Sent by whichever form has the words: a machine's translation goes with them from a form of its own.
      const to = sentTo(form.getAttribute("action") ?? "");
      const ofIt = `${KEPT}${to} `;
      const goes = Object.keys(sessionStorage).filter(
        (name) => name.startsWith(ofIt) && form.elements.namedItem(name.slice(ofIt.length)) !== null,
      );
      const looksOnly = sentTo(event.submitter?.getAttribute("formaction") ?? to) !== to;
      if (goes.length > 0 && !looksOnly) {
        sessionStorage.setItem(GOES, goes.join("\n"));
      } else {
        sessionStorage.removeItem(GOES); // What went before was stopped on its way.
      }
    });
    document.addEventListener("click", (event) => {
      if (event.target.closest("a[href]")) {
        sessionStorage.removeItem(GOES);
      }
    });
  };

  try {
    begin();
  } catch {
    // The browser keeps nothing: the page works as without this script.
  }
}
