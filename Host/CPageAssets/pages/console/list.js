// Lists: filters that apply when they change, one box that ticks all, and "/" that leads to the search.
const filters = document.querySelector("[data-filters]");
filters?.addEventListener("change", (event) => {
  if (event.target.matches("select, input[type=date], input[type=checkbox]")) filters.requestSubmit();
});
// What is not set has no business in the address.
filters?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

const bulk = document.querySelector("[data-bulk]");
const all = bulk?.querySelector("[data-tick-all]");
const boxes = () => [...bulk.querySelectorAll("input[name=id]")];
function update() {
  const ticked = boxes().filter((box) => box.checked).length;
  for (const button of bulk.querySelectorAll("button[name=action]")) button.disabled = ticked === 0;
  if (all) {
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  }
}
bulk?.addEventListener("change", (event) => {
  if (event.target === all) for (const box of boxes()) box.checked = all.checked;
  update();
});
if (bulk) update();

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, select, textarea") || event.metaKey || event.ctrlKey) return;
  const search = document.querySelector("[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
});
