// Lists inside forms: rows are added and removed in place. Without it the page is asked for anew, with the same answer.
async function change(button, form) {
  const adds = button.name === "rows-add";
  const name = adds ? button.value : button.value.replace(/\.\d+$/, "");
  const place = (root) => root.querySelector(`[data-rows="${CSS.escape(name)}"]`);
  const old = place(form);
  const sent = new URLSearchParams(new FormData(form, button));
  // What is typed here meanwhile would be replaced by what was sent.
  old.inert = true;
  let fresh;
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent });
    fresh = place(new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (!fresh) throw new Error("no such list");
  } catch (error) {
    old.inert = false;
    throw error;
  }
  const next = document.importNode(fresh, true);
  old.replaceWith(next);
  const rows = next.querySelectorAll(":scope > .row");
  const first = adds ? rows[rows.length - 1]?.querySelector("input:not([type=hidden]), select, textarea") : null;
  (first ?? next.querySelector(":scope > .add")).focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=rows-add], button[name=rows-remove]");
  if (!button) return;
  event.preventDefault();
  // A button that was replaced belongs to no form.
  const form = button.form;
  change(button, form).catch(() => {
    const chosen = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(chosen);
    HTMLFormElement.prototype.submit.call(form);
  });
});
