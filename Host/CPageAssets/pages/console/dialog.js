// Opens pages that ask something in a dialog above the page they were called from. Without it they are pages.
const dialog = document.createElement("dialog");
dialog.setAttribute("aria-labelledby", "form-title");
let opener = null;

function show(text) {
  const body = new DOMParser().parseFromString(text, "text/html").querySelector("[data-dialog-body]");
  if (!body) return false;
  dialog.replaceChildren(document.importNode(body, true));
  if (!dialog.isConnected) document.body.append(dialog);
  if (!dialog.open) dialog.showModal();
  // What went wrong is read first, and seen.
  const problem = dialog.querySelector("[role=alert]");
  if (problem) problem.tabIndex = -1;
  (dialog.querySelector("[aria-invalid]") ?? problem ?? dialog.querySelector("form input:not([type=hidden], [type=submit]), form select, form textarea, .form-buttons button") ?? dialog).focus();
  if (document.activeElement === problem) dialog.scrollTop = 0;
  return true;
}

async function open(address, from) {
  opener = from;
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    if (!show(await answer.text())) location.assign(address);
  } catch {
    location.assign(address);
  }
}

// Other scripts ask for a dialog so, and learn that it was closed.
document.addEventListener("almanac:open", (event) => open(event.detail.address, event.detail.opener));

document.addEventListener("click", async (event) => {
  if (event.target.closest("dialog [data-close]")) {
    event.preventDefault();
    dialog.close();
    return;
  }
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  open(link.href, link);
});

dialog.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = event.submitter ?? form.querySelector(".form-buttons button");
  const fields = new FormData(form, event.submitter);
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields) });
    if (answer.redirected) location.assign(answer.url);
    else if (!show(await answer.text())) HTMLFormElement.prototype.submit.call(form);
  } catch {
    HTMLFormElement.prototype.submit.call(form);
  }
  button.disabled = false;
});

dialog.addEventListener("close", () => {
  opener?.focus();
  document.dispatchEvent(new CustomEvent("almanac:closed"));
});
