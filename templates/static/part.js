// A page of the form: minus and plus around a number, questions shown when an answer leads to them, and the first thing
// that is wrong in focus. Without this script the number is written, every question stands there with the answers that
// lead to it, and the page reads from the top.
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

// What is hidden is not sent.
const conditional = [...document.querySelectorAll(".field[data-when]")];
const given = (name) =>
  [...document.querySelectorAll(`[name="${CSS.escape(name)}"]:checked:not(:disabled)`)].map((input) => input.value);
const show = () => {
  for (const field of conditional) {
    const leads = given(field.dataset.when).some((value) => field.dataset.is.split(" ").includes(value));
    field.hidden = !leads;
    for (const input of field.querySelectorAll("input, textarea")) input.disabled = !leads;
  }
  for (const item of document.querySelectorAll(".item")) {
    item.hidden = [...item.querySelectorAll(".field")].every((field) => field.hidden);
  }
};
for (const said of document.querySelectorAll(".only-if")) said.remove();
document.querySelector("form.part")?.addEventListener("change", show);
show();

document.getElementById("wrongs")?.focus();
