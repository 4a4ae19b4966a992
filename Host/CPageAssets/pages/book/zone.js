// Offers the times in the zone of whoever looks at them; nobody's times change by themselves.
const form = document.querySelector("[data-choice]");
const select = form?.querySelector("#zone");
const offer = form?.querySelector("[data-zone-offer]");
let own = "";
try { own = Intl.DateTimeFormat().resolvedOptions().timeZone; } catch { own = ""; }
if (select && offer && /^[A-Za-z0-9_+\-/]{1,60}$/.test(own) && select.value !== own) {
  const button = offer.querySelector("button");
  button.textContent = button.dataset.text.replace("[zone]", own.replaceAll("_", " "));
  button.addEventListener("click", () => {
    if (![...select.options].some((option) => option.value === own)) select.add(new Option(own, own));
    select.value = own;
    form.requestSubmit();
  });
  offer.hidden = false;
}
// What is chosen holds at once; the button stays for those who would rather say when.
for (const control of form?.querySelectorAll("select") ?? []) {
  control.addEventListener("change", () => { if (!control.dataset.keyboard) form.requestSubmit(); });
  // Arrow keys change a closed list with each press: whoever uses them presses the button.
  control.addEventListener("keydown", (event) => { if (event.key.startsWith("Arrow")) control.dataset.keyboard = "1"; });
}
