// Long lists of references: one types and chooses from what is found. Without it a search is sent with the form.
// The pattern is the combobox of ARIA APG with a list box: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
let count = 0;

function enhance(place) {
  place.dataset.ready = "1";
  const form = place.closest("form");
  const select = form.querySelector(`#${CSS.escape(place.dataset.for)}`);
  const input = place.querySelector("input");
  const label = form.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  const list = document.createElement("ul");
  list.id = `lookup-${++count}`;
  list.className = "lookup-list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label"));
  const said = document.createElement("span");
  said.className = "hidden";
  said.setAttribute("role", "status");
  place.append(list, said);
  place.querySelector("button").remove();
  select.hidden = true;
  input.id = `${select.id}-search`;
  if (label) label.htmlFor = input.id;
  input.removeAttribute("aria-label");
  input.type = "text";
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);
  for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  const chosen = () => (select.value ? select.selectedOptions[0].text : "");
  input.value = chosen();
  let active = -1;
  let asked = 0;
  let timer;

  const options = () => [...list.children];
  function mark(index) {
    active = index;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = options()[index];
    if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  }
  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }
  function show(items) {
    list.replaceChildren(...items.map((item, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.setAttribute("role", "option");
      option.dataset.id = item.id;
      option.textContent = item.title;
      return option;
    }));
    said.textContent = String(items.length);
    list.hidden = items.length === 0;
    input.setAttribute("aria-expanded", String(items.length > 0));
    mark(-1);
  }
  function choose(option) {
    if (![...select.options].some((known) => known.value === option.dataset.id)) select.add(new Option(option.textContent, option.dataset.id));
    select.value = option.dataset.id;
    input.value = chosen();
    close();
  }
  async function ask() {
    const number = ++asked;
    const text = input.value.trim();
    if (text === "") { select.value = ""; return close(); }
    try {
      const answer = await fetch(`${place.dataset.lookup}?q=${encodeURIComponent(text)}`, { headers: { accept: "application/json" } });
      if (number === asked && answer.ok) show((await answer.json()).items);
    } catch { /* the next letter asks again */ }
  }
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
  input.addEventListener("keydown", (event) => {
    const last = options().length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void ask();
      mark(event.key === "ArrowDown" ? (active >= last ? 0 : active + 1) : active <= 0 ? last : active - 1);
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(options()[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  // What was typed and not chosen means nothing.
  input.addEventListener("blur", () => { close(); input.value = input.value.trim() === "" ? (select.value = "", "") : chosen(); });
  form.addEventListener("formdata", (event) => event.formData.delete(input.name));
}

const enhanceAll = () => document.querySelectorAll("[data-lookup]:not([data-ready])").forEach(enhance);
enhanceAll();
new MutationObserver(enhanceAll).observe(document.body, { childList: true, subtree: true });
