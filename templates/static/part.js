// A page of the form: minus and plus around a number, and the first thing that is wrong in focus.
// Without this script the number is written and the page reads from the top.
"use strict";

for (const stepper of document.querySelectorAll(".stepper")) {
  const input = stepper.querySelector("input");
  const label = document.querySelector(`label[for="${input.id}"]`).textContent.trim();
  const step = (by, icon, name) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button stepper__step";
    button.setAttribute("aria-label", `${name}: ${label}`);
    button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#${icon}"/></svg>`;
    button.addEventListener("click", () => {
      const number = Number.parseInt(input.value, 10);
      input.value = Math.max(0, (Number.isNaN(number) ? 0 : number) + by);
    });
    return button;
  };
  stepper.prepend(step(-1, "minus", stepper.dataset.less));
  stepper.append(step(1, "plus", stepper.dataset.more));
}

document.getElementById("wrongs")?.focus();
