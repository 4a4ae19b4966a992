"""Finding pages, and looking at one."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

from suite import Failed, expect

AXE = Axe()
SERIOUS = ("serious", "critical")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Place:
    """A page and what it is called in reports: the address without what differs from run to run."""

    name: str
    address: str


def kind(address):
    """What a page of the console is about; nothing for its first page."""
    return (urlsplit(address).path.split("/") + ["", ""])[2]


def crawl(stage, page):
    """The pages that the menu of the console leads to, and below each list: an item, forms and actions.

    Asked for once a stage: what an administrator is offered stays the same.
    """
    if stage.places is None:
        stage.places = find(stage, page)
    return list(stage.places)


def find(stage, page):
    page.goto(stage.program.console)
    menu = page.eval_on_selector_all(".menu a", "all => all.map(a => a.getAttribute('href'))")
    menu = [one for one in dict.fromkeys(menu) if one.startswith("/console")]
    expect(len(menu) >= 8, f"the menu leads to {len(menu)} pages only: {menu}")
    found = []
    for address in menu:
        found.append(Place(address, address))
        if "?" in address:
            continue
        if address == "/console/calendar":
            # Demos begin tomorrow, which may be another week.
            day = date.today() + timedelta(days=8 - date.today().isoweekday())
            found += [Place(f"{address} {view}", f"{address}?view={view}&date={day}") for view in ("day", "week", "month")]
            continue
        page.goto(address)
        found += below(page, address)
    return found


def below(page, address):
    """What a list leads to: its form, its first item, and the first item's forms and actions."""
    found, base = [], urlsplit(address).path
    links = page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
    form = next((one for one in links if one == f"{base}/-/new"), None)
    if form:
        found.append(Place(f"{base} new", form))
    item = next((one for one in links if re.fullmatch(rf"{re.escape(base)}/[^/?-][^/?]*", one)), None)
    actions = [one for one in links if one.startswith(f"{base}/") and "/do/" in one]
    if item:
        found.append(Place(f"{base} item", item))
        page.goto(item)
        inside = page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
        if f"{item}/edit" in inside:
            found.append(Place(f"{base} edit", f"{item}/edit"))
        actions = [one for one in inside if one.startswith(f"{item}/do/")]
    for action in dict.fromkeys(actions):
        name = f"{base} {action.rsplit('/', 1)[1]}"
        if all(one.name != name for one in found):
            found.append(Place(name, action))
    return found


def examine(stage, page, name, tags=TAGS, rules=None):
    """Holds a page against axe-core's rules; serious findings are faults, others are noted."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": tags}
    answer = AXE.run(page, options={"runOnly": only, "resultTypes": ["violations"]}).response
    for violation in answer["violations"]:
        nodes = [f"{node['html'][:160]} [{' '.join(map(str, node['target']))}]" for node in violation["nodes"]]
        text = f"{name}: axe {violation['impact']}: {violation['id']}: {violation['help']}: {' | '.join(nodes[:3])}"
        if violation["impact"] in SERIOUS:
            stage.fault(text)
        else:
            stage.note(text)


OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= wide) return [];
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (box.right <= wide + 1 || box.width === 0) continue;
    let scrolls = false;
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible") { scrolls = true; break; }
    }
    if (!scrolls) found.push(`${Math.round(box.right)}: ${element.outerHTML.slice(0, 120)}`);
  }
  return found.slice(-3).concat([`${document.scrollingElement.scrollWidth} of ${wide}`]);
}"""

SMALL = """() => {
  const small = [];
  for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || getComputedStyle(element).visibility === "hidden") continue;
    if (element.closest(".hidden, .skip")) continue;
    if (box.width < 16 || box.height < 16) small.push(`${Math.round(box.width)}×${Math.round(box.height)} ${element.outerHTML.slice(0, 100)}`);
  }
  return small;
}"""

STRUCTURE = """() => {
  const faults = [];
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((one) => one.checkVisibility());
  const first = headings.filter((one) => one.tagName === "H1").length;
  if (first !== 1) faults.push(`${first} h1`);
  const main = document.querySelectorAll("main").length;
  if (main !== 1) faults.push(`${main} main`);
  if (!document.documentElement.lang) faults.push("no lang");
  if (!document.title.trim()) faults.push("no title");
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) faults.push(`twice the id ${id}`);
  for (const element of document.querySelectorAll("[tabindex]")) {
    if (element.tabIndex > 0) faults.push(`tabindex ${element.tabIndex}`);
  }
  for (const element of document.querySelectorAll("[aria-describedby], [aria-labelledby], label[for]")) {
    const names = `${element.getAttribute("aria-describedby") ?? ""} ${element.getAttribute("aria-labelledby") ?? ""} ${element.htmlFor ?? ""}`;
    for (const id of names.split(/\\s+/).filter(Boolean)) {
      if (!document.getElementById(id)) faults.push(`nothing has the id ${id}`);
    }
  }
  const text = document.body.innerText;
  for (const word of text.match(/\\b(undefined|NaN|null|\\[object Object\\]|Optional\\()/g) ?? []) faults.push(`shows ${word}`);
  for (const word of text.match(/\\{\\{?[A-Za-z.]+\\}?\\}/g) ?? []) faults.push(`shows ${word}`);
  return faults;
}"""


def overflow(page):
    """What makes a page scroll sideways."""
    return page.evaluate(OVERFLOW)


def structure(page):
    """What is wrong with headings, landmarks, identifiers and words."""
    return page.evaluate(STRUCTURE)


def open_place(page, place, status=200):
    """Goes to a page, which has to be there."""
    answer = page.goto(place.address)
    if answer is None or answer.status != status:
        raise Failed(f"{place.name} answered {answer and answer.status}: {place.address}")
    return answer


def leaf_to_free_time(page):
    """Leafs on through the times that are offered until one is free; a frame is a page as well."""
    for _ in range(8):
        if page.locator("button.time").count():
            return
        with page.expect_navigation():
            page.click("a[rel=next]")
    raise Failed(f"{page.url}: nothing is free")
