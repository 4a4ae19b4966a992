// The calendar with scripts: moving about and moving things by keyboard and by mouse, a line that shows the time, and
// changes of others as they happen. Whatever is asked for is a page that works without this too, shown in a dialog.
const root = document.querySelector("[data-calendar]");
const words = JSON.parse(document.querySelector("[data-words]").content.textContent);
const announcer = document.querySelector("[data-announce]");
const help = document.querySelector("[data-help]");
const locale = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;
const zone = root.dataset.zone;
const step = 15;
const slotStep = 30;

function announce(text) {
  announcer.textContent = "";
  requestAnimationFrame(() => { announcer.textContent = text; });
}

// Choices that apply when they change.
const choices = document.querySelector("[data-choices]");
choices?.addEventListener("change", (event) => {
  if (event.target.matches("select, input[type=date]") || event.target.closest("[data-choices] > .check")) choices.requestSubmit();
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".cal-lanes[open]")) if (!open.contains(event.target)) open.open = false;
});

// Minutes from the top of a day, and instants. A day says in which stretches its minutes follow each other: when the
// clock is changed, there are several.
const columns = () => [...root.querySelectorAll("[data-column]")];
const stretches = (column) => column.dataset.stretches.split(" ").map((part) => part.split(":").map(Number));
const shownMinutes = () => Number([...root.querySelector(".cal-grid").classList].find((name) => /^l\d+$/.test(name)).slice(1)) * 60;
function instantAt(column, minute) {
  const found = stretches(column).find(([from, to]) => minute >= from && minute < to);
  return found ? (found[2] + minute - found[0]) * 60_000 : null;
}
function minuteOf(column, time) {
  const at = time / 60_000;
  const found = stretches(column).find(([from, to, start]) => at >= start && at < start + to - from);
  return found ? found[0] + at - found[2] : null;
}
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: zone });
const said = (column, time) => [columnTitle(column), clock.format(time)].filter(Boolean).join(", ");
function columnTitle(column) {
  const heading = column.querySelector("h2");
  return heading.querySelector("a") ? day.format(instantAt(column, stretches(column)[0][0])) : heading.textContent.trim();
}
const hourHeight = () => root.querySelector(".cal-hours")?.getBoundingClientRect().height / (shownMinutes() / 60);
const isGrid = () => root.dataset.view !== "month" && matchMedia("(min-width: 861px)").matches;

function withQuery(address, fields) {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(fields)) if (value) url.searchParams.set(name, value);
  return url.pathname + url.search;
}
function open(address, opener) {
  document.dispatchEvent(new CustomEvent("almanac:open", { detail: { address, opener } }));
}
const iso = (time) => new Date(time).toISOString().replace(".000Z", "Z");
const here = () => root.dataset.address;
function openMove(item, column, time, minutes) {
  const fields = { [item.dataset.startField]: iso(time), back: here() };
  if (item.dataset.endField) fields[item.dataset.endField] = iso(time + minutes * 60_000);
  else if (root.dataset.laneField && column.dataset.lane && column.dataset.lane !== item.dataset.lane) fields[root.dataset.laneField] = column.dataset.lane;
  open(withQuery(item.dataset.move, fields), item.querySelector(".cal-link"));
}
function openCreate(column, time, opener) {
  if (column.dataset.create) open(withQuery(column.dataset.create, { [root.dataset.startField]: iso(time) }), opener);
}

// One stop for the tabulator key: the item that was looked at last. Arrow keys lead on from there.
const items = (within = root) => [...within.querySelectorAll("[data-item]")];
const link = (item) => item.querySelector(".cal-link");
const stops = (item) => [...item.querySelectorAll("a, button, summary")];
function rove(current) {
  const all = items();
  if (!all.includes(current)) current = all[0];
  for (const item of all) {
    for (const stop of stops(item)) stop.tabIndex = item === current ? 0 : -1;
    if (link(item).localName === "span") link(item).tabIndex = item === current ? 0 : -1;
  }
}
const dayOf = (item) => item.closest("[data-column], .cal-cell");
const days = () => [...root.querySelectorAll("[data-column], .cal-cell")];
function nearest(inside, item) {
  const wanted = Date.parse(item.dataset.start) % 86_400_000;
  return items(inside).toSorted((one, other) => Math.abs(Date.parse(one.dataset.start) % 86_400_000 - wanted) - Math.abs(Date.parse(other.dataset.start) % 86_400_000 - wanted))[0];
}
function go(item) {
  if (!item) return;
  rove(item);
  link(item).focus();
  item.scrollIntoView({ block: "nearest", inline: "nearest" });
}
function goSideways(item, by) {
  const all = days();
  for (let index = all.indexOf(dayOf(item)) + by; index >= 0 && index < all.length; index += by) {
    const next = nearest(all[index], item);
    if (next) return go(next);
  }
}
function goAlong(item, by) {
  const all = items(dayOf(item));
  go(all[all.indexOf(item) + by]);
}

// A mark for what is being moved, and for the free time that is looked at.
const ghost = document.createElement("div");
ghost.className = "cal-ghost";
function place(column, from, length, text) {
  const hour = hourHeight();
  column.querySelector(".cal-slots").append(ghost);
  ghost.style.top = `${from / 60 * hour}px`;
  ghost.style.height = `${Math.max(length / 60 * hour, 18)}px`;
  ghost.textContent = text;
  ghost.scrollIntoView({ block: "nearest" });
}

// Moving by keyboard.
let moving = null;
function beginMove(item) {
  if (!item.dataset.move) return announce(words.notMovable);
  const column = item.closest("[data-column]");
  if (!column || !isGrid()) return open(withQuery(item.dataset.move, { back: here() }), link(item));
  const start = Date.parse(item.dataset.start);
  const minute = minuteOf(column, start);
  if (minute === null) return open(withQuery(item.dataset.move, { back: here() }), link(item));
  moving = { item, column, minute, length: (Date.parse(item.dataset.end) - start) / 60_000 };
  item.classList.add("cal-moving");
  showMove();
  announce(`${words.moving} ${said(column, start)}. ${words.movingKeys}`);
}
const label = (time, minutes) => time === null ? words.noSuchTime : `${clock.format(time)}–${clock.format(time + minutes * 60_000)}`;
function showMove() {
  const time = instantAt(moving.column, moving.minute);
  place(moving.column, moving.minute, moving.length, label(time, moving.length));
  return time;
}
function endMove() {
  moving?.item.classList.remove("cal-moving");
  ghost.remove();
  moving = null;
}
function keyWhileMoving(event) {
  const all = columns();
  const index = all.indexOf(moving.column);
  switch (event.key) {
  case "ArrowUp": case "ArrowDown":
    if (event.shiftKey) {
      if (!moving.item.dataset.endField) { announce(words.notResizable); break; }
      moving.length = Math.max(moving.length + (event.key === "ArrowUp" ? -step : step), step);
      break;
    }
    moving.minute = Math.min(Math.max(moving.minute + (event.key === "ArrowUp" ? -step : step), 0), shownMinutes() - step);
    break;
  case "ArrowLeft": case "ArrowRight":
    if (event.shiftKey) { announce(words.notResizable); break; }
    moving.column = all[index + (event.key === "ArrowLeft" ? -1 : 1)] ?? moving.column;
    break;
  case "Enter": {
    const { item, column, minute, length } = moving;
    const time = instantAt(column, minute);
    event.preventDefault();
    if (time === null) return announce(words.noSuchTime);
    endMove();
    return openMove(item, column, time, length);
  }
  case "Escape":
    endMove();
    event.preventDefault();
    return announce(words.notMoved);
  case "Tab":
    endMove();
    return announce(words.notMoved);
  default: return;
  }
  event.preventDefault();
  const time = showMove();
  if (!event.shiftKey || moving.item.dataset.endField) announce(time === null ? words.noSuchTime : `${columnTitle(moving.column)}, ${label(time, moving.length)}`);
}

// Free time by keyboard: a mark that arrow keys move, with Enter something is made there.
let slot = null;
function beginSlot(from) {
  if (!isGrid() || !columns().some((column) => column.dataset.create)) return;
  const column = from?.closest("[data-column]") ?? columns()[0];
  const item = from?.closest("[data-item]");
  const start = item ? minuteOf(column, Date.parse(item.dataset.end)) ?? 0 : 60;
  slot = { column, minute: Math.min(Math.max(Math.floor(start / slotStep) * slotStep, 0), shownMinutes() - slotStep), from };
  const list = column.querySelector(".cal-slots");
  list.tabIndex = -1;
  list.focus({ preventScroll: true });
  showSlot(words.slotKeys);
}
function showSlot(more = "") {
  const time = instantAt(slot.column, slot.minute);
  const taken = time === null ? [] : items(slot.column).filter((item) => Date.parse(item.dataset.start) < time + slotStep * 60_000 && Date.parse(item.dataset.end) > time);
  const text = time === null ? words.noSuchTime : clock.format(time);
  place(slot.column, slot.minute, slotStep, text);
  const state = taken.length ? taken.map((item) => item.querySelector(".cal-title").textContent).join(", ") : words.free;
  announce(time === null ? text : `${said(slot.column, time)}: ${state}. ${more}`);
}
function endSlot() {
  slot?.column.querySelector(".cal-slots").removeAttribute("tabindex");
  slot = null;
  ghost.remove();
}
function keyInSlots(event) {
  const all = columns();
  switch (event.key) {
  case "ArrowUp": slot.minute = Math.max(slot.minute - slotStep, 0); break;
  case "ArrowDown": slot.minute = Math.min(slot.minute + slotStep, shownMinutes() - slotStep); break;
  case "ArrowLeft": case "ArrowRight": {
    const { minute, from } = slot;
    const column = all[all.indexOf(slot.column) + (event.key === "ArrowLeft" ? -1 : 1)] ?? slot.column;
    slot.column.querySelector(".cal-slots").removeAttribute("tabindex");
    slot = { column, minute, from };
    const list = column.querySelector(".cal-slots");
    list.tabIndex = -1;
    list.focus({ preventScroll: true });
    break;
  }
  case "Enter": {
    const { column, minute, from } = slot;
    const time = instantAt(column, minute);
    event.preventDefault();
    if (time === null) return announce(words.noSuchTime);
    endSlot();
    return openCreate(column, time, from ?? column.querySelector("a"));
  }
  case "Escape": {
    const { from, column } = slot;
    event.preventDefault();
    endSlot();
    return (from ?? column.querySelector("a"))?.focus();
  }
  case "Tab": return endSlot();
  default: return;
  }
  event.preventDefault();
  showSlot();
}

root.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  if (moving) return keyWhileMoving(event);
  if (slot) return keyInSlots(event);
  const item = event.target.closest("[data-item]");
  const lead = { PageUp: "[rel=prev]", PageDown: "[rel=next]", t: "[data-key=t]" }[event.key];
  if (lead) {
    event.preventDefault();
    return document.querySelector(`.cal-nav ${lead}`)?.click();
  }
  if (event.key === "?") { event.preventDefault(); return help.showModal(); }
  if (event.key === "s") { event.preventDefault(); return beginSlot(event.target); }
  if (!item) return;
  const actions = {
    ArrowDown: () => goAlong(item, 1), ArrowUp: () => goAlong(item, -1),
    ArrowRight: () => goSideways(item, 1), ArrowLeft: () => goSideways(item, -1),
    // What stands for several opens to show them.
    ...(event.target.matches("span.cal-link") && item.querySelector("details") ? { Enter: () => item.querySelector("details").toggleAttribute("open") } : {}),
    Home: () => go(items()[0]), End: () => go(items().at(-1)), m: () => beginMove(item),
  };
  if (!actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
});
root.addEventListener("focusin", (event) => {
  const item = event.target.closest("[data-item]");
  if (item) rove(item);
});
document.querySelector("[data-help-open]")?.addEventListener("click", () => help.showModal());
help?.querySelector("[data-close]")?.addEventListener("click", () => help.close());

// Moving by mouse. Fingers scroll: for them there is the page of the item.
let drag = null;
const minuteAt = (column, y, by) => {
  const box = column.querySelector(".cal-slots").getBoundingClientRect();
  return Math.min(Math.max(Math.round((y - box.top) / hourHeight() * 60 / by) * by, 0), shownMinutes() - by);
};
const columnAt = (x) => columns().find((column) => {
  const box = column.getBoundingClientRect();
  return x >= box.left && x < box.right;
});
root.addEventListener("pointerdown", (event) => {
  const item = event.target.closest("[data-move]");
  if (event.button !== 0 || event.pointerType === "touch" || !item?.closest(".cal-slots") || event.target.closest("button") || !isGrid()) return;
  const column = item.closest("[data-column]");
  const start = minuteOf(column, Date.parse(item.dataset.start));
  if (start === null) return;
  endMove();
  endSlot();
  // At its lower edge what can be longer or shorter is made so.
  const isEdge = Boolean(item.dataset.endField) && item.getBoundingClientRect().bottom - event.clientY < 8;
  drag = { item, column, start, isEdge, x: event.clientX, y: event.clientY, hasMoved: false, length: (Date.parse(item.dataset.end) - Date.parse(item.dataset.start)) / 60_000 };
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.hasMoved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return;
  drag.hasMoved = true;
  event.preventDefault();
  drag.item.classList.add("cal-moving");
  const by = (event.clientY - drag.y) / hourHeight() * 60;
  if (drag.isEdge) {
    drag.minute = drag.start;
    drag.now = Math.max(Math.round((drag.length + by) / step) * step, step);
    place(drag.column, drag.start, drag.now, label(instantAt(drag.column, drag.start), drag.now));
    return;
  }
  drag.column = columnAt(event.clientX) ?? drag.column;
  drag.minute = Math.min(Math.max(Math.round((drag.start + by) / step) * step, 0), shownMinutes() - step);
  const time = instantAt(drag.column, drag.minute);
  place(drag.column, drag.minute, drag.length, label(time, drag.length));
});
function endDrag() {
  drag?.item.classList.remove("cal-moving");
  ghost.remove();
  drag = null;
}
let dropped = false;
document.addEventListener("pointerup", () => {
  if (!drag) return;
  const { item, column, minute, start, hasMoved, length, now = length } = drag;
  const origin = item.closest("[data-column]");
  endDrag();
  if (!hasMoved) return;
  // The click that follows is none.
  dropped = true;
  setTimeout(() => { dropped = false; });
  const time = instantAt(column, minute);
  if (time !== null && (minute !== start || column !== origin || now !== length)) openMove(item, column, time, now);
});
document.addEventListener("pointercancel", endDrag);
document.addEventListener("keydown", (event) => { if (drag && event.key === "Escape") endDrag(); });
root.addEventListener("dragstart", (event) => event.preventDefault());
root.addEventListener("click", (event) => {
  if (dropped) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  if (event.target.matches(".cal-slots") && isGrid()) {
    const column = event.target.closest("[data-column]");
    const box = event.target.getBoundingClientRect();
    const minute = Math.floor((event.clientY - box.top) / hourHeight() * 60 / slotStep) * slotStep;
    const time = instantAt(column, minute);
    if (time !== null) openCreate(column, time, column.querySelector(".cal-new"));
  }
}, true);

// The line that shows the time.
function showNow() {
  for (const line of root.querySelectorAll("[data-now]")) {
    const now = Date.now() + offset;
    const minute = minuteOf(line.closest("[data-column]"), now);
    if (minute === null || minute < 0 || minute >= shownMinutes()) { line.hidden = true; continue; }
    line.hidden = false;
    line.className = `cal-now h${Math.floor(minute / 60)} m${Math.floor(minute % 60)}`;
    const time = line.querySelector("time");
    time.textContent = clock.format(now);
    time.dateTime = new Date(now).toISOString();
  }
}
// Clocks of browsers may be wrong: what counts is the server's.
const offset = Date.parse(root.dataset.at) - Date.now();
setInterval(showNow, 30_000);

// What others change. The part of the page that shows items is read anew and put in the place of the old one.
const refresh = document.querySelector("[data-refresh]");
let isReading = false;
let isDue = false;
const isBusy = () => drag || moving || slot || document.querySelector("dialog[open]");
async function read() {
  if (isReading || isBusy()) { isDue = true; return; }
  isReading = true;
  isDue = false;
  try {
    const answer = await fetch(`${location.pathname}/-/part${location.search}`, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error();
    const text = await answer.text();
    if (isBusy()) { isDue = true; return; }
    swap(text);
  } catch {
    refresh.hidden = false;
  } finally {
    isReading = false;
  }
}
function swap(text) {
  const before = new Map(items().map((item) => [item.id, item.textContent + item.dataset.start]));
  const focused = document.activeElement?.closest("[data-item]");
  const stop = focused ? stops(focused).indexOf(document.activeElement) : -1;
  const heading = root.contains(document.activeElement) && !focused ? document.activeElement.getAttribute("href") : null;
  const fresh = new DOMParser().parseFromString(text, "text/html").body;
  root.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  const again = focused && (document.getElementById(focused.id) ?? root.querySelector(`[data-item="${CSS.escape(focused.dataset.item)}"]`));
  rove(again ?? undefined);
  if (again) (stops(again)[stop] ?? link(again)).focus({ preventScroll: true });
  else if (heading) root.querySelector(`[href="${CSS.escape(heading)}"]`)?.focus({ preventScroll: true });
  else if (focused) (items()[0] ? link(items()[0]) : document.querySelector(".cal-nav a"))?.focus({ preventScroll: true });
  showNow();
  const changed = items().filter((item) => before.get(item.id) !== item.textContent + item.dataset.start);
  const gone = [...before.keys()].filter((id) => !document.getElementById(id)).length;
  if (changed.length || gone) announce([words.updated, ...changed.slice(0, 3).map((item) => link(item).textContent.trim())].join(" "));
}
document.addEventListener("almanac:closed", () => { if (isDue) read(); });
setInterval(() => { if (isDue && !isBusy()) read(); }, 1_000);

if (root.dataset.live && "EventSource" in window) {
  let timer = null;
  const source = new EventSource(root.dataset.live);
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(read, 250);
  };
  // What happened while the page was on its way is read with the first one.
  for (const name of ["following", "taken", "reload"]) source.addEventListener(name, soon);
  source.addEventListener("booking", soon);
  source.addEventListener("open", () => { refresh.hidden = true; root.dataset.connected = "yes"; });
  source.addEventListener("error", () => {
    delete root.dataset.connected;
    // The browser tries again by itself, unless it was told that there is nothing.
    if (source.readyState === EventSource.CLOSED) refresh.hidden = false;
  });
  addEventListener("pagehide", () => source.close());
}

rove();
showNow();
document.querySelector("[data-help-open]")?.removeAttribute("hidden");
