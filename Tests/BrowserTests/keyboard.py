"""Using pages by the keyboard alone; whoever loses the focus, or cannot see it, is told."""

from playwright.sync_api import TimeoutError

from suite import Failed

# What has the focus, what it is called, and whether one can see that it has it.
FOCUS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const box = element.getBoundingClientRect();
  const label = element.labels?.[0]?.innerText ?? "";
  const title = document.getElementById(element.getAttribute("aria-labelledby"))?.innerText ?? "";
  const name = (element.getAttribute("aria-label") ?? (title || label || element.innerText || element.value || "")).trim();
  const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 20), 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  // The ring may be drawn around a card of which the element is the link.
  let isRinged = false;
  for (let one = element, step = 0; one && one !== document.body && step < 4; one = one.parentElement, step += 1) {
    if (step > 0 && !one.matches(":focus-within")) break;
    for (const part of [null, "::after"]) {
      const look = getComputedStyle(one, part);
      if (part && look.content === "none") continue;
      if ((look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 1) || look.outlineStyle === "auto") isRinged = true;
    }
  }
  return {
    html: element.outerHTML.slice(0, 140), tag: element.tagName.toLowerCase(), type: element.type ?? "",
    name: name.split("\\n")[0], field: element.name ?? "", id: element.id, href: element.getAttribute("href") ?? "",
    isRinged, isThere: box.width > 0 && box.height > 0,
    isSeen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    isCovered: !!top && !element.contains(top) && !top.contains(element) && !top.closest("label")?.contains(element)
      && top.closest("label") !== element.labels?.[0],
    place: [Math.round(box.left + scrollX), Math.round(box.top + scrollY)],
    inDialog: !!element.closest("dialog"), hasDialog: !!document.querySelector("dialog[open]"),
    key: [...document.querySelectorAll("*")].indexOf(element),
  };
}"""


class Keyboard:
    """Presses keys on a page, and looks after each what has the focus."""

    def __init__(self, stage, page):
        self.stage = stage
        self.page = page
        self.stops = []

    def focus(self):
        return self.page.evaluate(FOCUS)

    def settled(self):
        """What has the focus once the page has given it away: `autofocus` acts with a page's first frame (HTML, 6.6.7),
        which may come after it is said to be loaded."""
        try:
            return self.page.wait_for_function(FOCUS, timeout=3_000).json_value()
        except TimeoutError:
            return None

    def check(self, where):
        """The element with the focus, which one must see."""
        focus = self.focus() or self.settled()
        if focus is None:
            raise Failed(f"{self.page.url}: the focus is lost after {where}")
        if not focus["isRinged"]:
            self.stage.fault(f"{self.page.url}: one cannot see that this has the focus: {focus['html']}")
        if not focus["isThere"] or not focus["isSeen"]:
            self.stage.fault(f"{self.page.url}: what has the focus is out of sight: {focus['html']}")
        elif focus["isCovered"]:
            self.stage.fault(f"{self.page.url}: what has the focus is covered: {focus['html']}")
        if focus["hasDialog"] and not focus["inDialog"]:
            self.stage.fault(f"{self.page.url}: the focus is behind the dialog: {focus['html']}")
        return focus

    def tab(self, back=False):
        self.page.keyboard.press("Shift+Tab" if back else "Tab")
        focus = self.focus()
        # At the end of the page the browser itself has the focus for one step.
        return self.check("Tab") if focus is not None else None

    def go_to(self, wanted, what, most=150):
        """Tabs to the first element of which `wanted` says that it is meant."""
        seen = []
        for _ in range(most):
            focus = self.tab()
            if focus is None:
                continue
            if wanted(focus):
                return focus
            seen.append(f"{focus['tag']} {focus['name'] or focus['field'] or focus['html']}"[:50])
        raise Failed(f"{self.page.url}: {what} cannot be reached by Tab; there were {seen[-40:]}")

    def go_to_link(self, name):
        return self.go_to(lambda one: one["tag"] in ("a", "button") and one["name"] == name, f"“{name}”")

    def go_to_address(self, part):
        return self.go_to(lambda one: part in one["href"], f"the link to {part}")

    def go_to_field(self, name):
        return self.go_to(lambda one: one["field"] == name, f"the field {name}")

    def go_to_button(self):
        return self.go_to(lambda one: one["tag"] == "button" and one["type"] == "submit", "a button")

    def go_to_button_of(self, form):
        return self.go_to(
            lambda one: one["tag"] == "button" and one["type"] == "submit"
            and self.page.evaluate("(form) => !!document.activeElement.closest(form)", form), f"the button of {form}")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def follow(self):
        """Presses Enter, where that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state("load")

    def around(self, most=400):
        """Tabs once through the whole page: the elements in the order in which they have had the focus."""
        self.page.evaluate("() => { document.activeElement?.blur(); window.getSelection()?.removeAllRanges(); }")
        first, stops = None, []
        for _ in range(most):
            focus = self.tab()
            if focus is None:
                if stops:
                    return stops
                continue
            if first is None:
                first = focus["key"]
            elif focus["key"] == first:
                return stops
            stops.append(focus)
        raise Failed(f"{self.page.url}: Tab does not come around; it ended at {stops[-3:]}")
