// Questions that depend on others come and go with their answers.
const form = document.querySelector("form.form");
const dependents = [...document.querySelectorAll("[data-when]")];
function given(name) {
  return [...form.elements].filter((control) => control.name === name && !control.closest("[hidden]")).flatMap((control) => {
    if (["radio", "checkbox"].includes(control.type)) return control.checked ? [control.value] : [];
    return control.value === "" ? [] : [control.value];
  });
}
function update() {
  for (const part of dependents) {
    const conditions = JSON.parse(part.dataset.when);
    part.hidden = !conditions.every((one) => given(one.name).some((value) => one.anyOf.includes(value)));
  }
}
if (form && dependents.length) {
  for (const text of document.querySelectorAll("[data-condition]")) text.hidden = true;
  form.addEventListener("input", update);
  update();
}
document.querySelector("[data-focus]")?.focus();

// How long what is held stays so. Seconds run on screen only; they are spoken when few are left.
const held = document.querySelector(".held");
if (held) {
  const end = performance.now() + Number(held.dataset.left) * 1000;
  const text = held.querySelector("[data-text]");
  const live = held.querySelector("[data-live]");
  const stated = text.textContent;
  let wasSoon = false;
  const tick = () => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    if (left === 0) {
      text.textContent = live.textContent = held.dataset.over;
      held.classList.add("over");
      clearInterval(timer);
      return;
    }
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    text.textContent = `${stated} · ${held.dataset.minutes.replace("[time]", clock)}`;
    if (left <= 120 && !wasSoon) { wasSoon = true; live.textContent = held.dataset.soon; held.classList.add("soon"); }
  };
  const timer = setInterval(tick, 1000);
  tick();
}
