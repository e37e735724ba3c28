// Sending papers: how far it has come, in words. Without this the form is sent as any other.
"use strict";

const form = document.getElementById("bring");
const progress = document.getElementById("progress");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const sending = new XMLHttpRequest();
  const button = form.querySelector("button");
  const failed = () => {
    button.disabled = false;
    progress.textContent = progress.dataset.failed;
  };
  button.disabled = true;
  progress.textContent = progress.dataset.sending;
  sending.upload.addEventListener("progress", (sent) => {
    if (sent.lengthComputable) {
      const percent = Math.floor((100 * sent.loaded) / sent.total);
      progress.textContent = `${progress.dataset.sending} ${percent} %`;
    }
  });
  sending.addEventListener("load", () => {
    if (sending.status === 200) {
      // The same address twice would only jump within the page.
      if (sending.responseURL === location.href) location.reload();
      else location.assign(sending.responseURL);
    } else failed();
  });
  sending.addEventListener("error", failed);
  sending.open("POST", form.action);
  sending.send(new FormData(form));
});
