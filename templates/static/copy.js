// Copies a field with its own key, and marks it as done. Without this script the value is selected by hand and marked
// with its button.
"use strict";

{
  const root = document.getElementById("copy-out");
  const keys = document.getElementById("keys-on");
  const said = document.getElementById("copy-said");
  const count = document.getElementById("copied-count");
  const rows = [...(root?.querySelectorAll("[data-field]") ?? [])];
  const KEPT = "imorgon-copy-keys";

  const isDone = (row) => row.classList.contains("copy--done");
  const nameOf = (row) => row.querySelector(".copy__name").textContent;

  const show = (row, done) => {
    if (isDone(row) === done) return;
    row.classList.toggle("copy--done", done);
    count.textContent = Number(count.textContent) + (done ? 1 : -1);
    const button = row.querySelector(".copy__mark button");
    button.value = done ? "no" : "yes";
    button.textContent = done ? "Klar" : "Markera klar";
    button.setAttribute("aria-label", `${done ? "Inte klar" : "Klar"}: ${nameOf(row)}`);
  };

  const mark = async (row, done) => {
    const body = new URLSearchParams({ field: row.dataset.field, done: done ? "yes" : "no" });
    try {
      const answer = await fetch(root.dataset.mark, { method: "POST", headers: { "X-Quiet": "1" }, body });
      if (answer.status !== 204) throw new Error(String(answer.status));
      show(row, done);
      return true;
    } catch {
      return false;
    }
  };

  // Where the browser gives no clipboard the value is selected, to be copied by hand.
  const take = async (value) => {
    try {
      await navigator.clipboard.writeText(value.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(value);
      return false;
    }
  };

  const copy = async (row) => {
    const name = nameOf(row);
    if (!(await take(row.querySelector(".copy__value")))) {
      said.textContent = `${name} är markerat: kopiera med Ctrl + C.`;
      return;
    }
    row.scrollIntoView({ block: "nearest" });
    said.textContent = (await mark(row, true)) ? `${name} är kopierat.` : `${name} är kopierat, men inte markerat som klart.`;
  };

  if (root) {
    document.getElementById("copy-keys").hidden = false;
    keys.checked = localStorage.getItem(KEPT) !== "off";
    keys.addEventListener("change", () => localStorage.setItem(KEPT, keys.checked ? "on" : "off"));
    for (const row of rows) {
      const button = row.querySelector(".copy__act");
      button.hidden = false;
      button.addEventListener("click", () => copy(row));
      row.querySelector(".copy__mark").addEventListener("submit", async (event) => {
        event.preventDefault();
        if (!(await mark(row, !isDone(row)))) said.textContent = `${nameOf(row)}: det gick inte att spara. Läs om sidan.`;
      });
    }
    document.addEventListener("keydown", (event) => {
      const written = event.target.closest("input:not([type=checkbox]), textarea, select");
      if (!keys.checked || written || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      const row = event.key === "0" ? rows.find((one) => !isDone(one)) : rows.find((one) => one.dataset.key === event.key);
      if (row) {
        event.preventDefault();
        copy(row);
      }
    });
  }
}
