// The language menu closes as menus do: by Escape, or by pressing beside it. Without this script its own button closes it.
"use strict";

const menu = document.querySelector("details.switch");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu?.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});
