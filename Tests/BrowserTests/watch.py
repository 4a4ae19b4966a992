"""What must not happen on any page: dialogs, violations of the policy, errors, requests to others, shifts."""

from urllib.parse import urlsplit

# Told to the watch at once, for the page may be gone when it is asked.
REPORTER = """
document.addEventListener("securitypolicyviolation", (event) => {
  window.almanacReport?.(`${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`);
});
window.almanacShifts = [];
try {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      const where = entry.sources.map((one) => one.node?.outerHTML?.slice(0, 80) ?? "?");
      window.almanacShifts.push(`${entry.value.toFixed(4)} at ${where.join(", ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
} catch { }
"""

# Whatever our pages never have, so that somebody else must have written it.
STRANGE = """() => {
  const found = [];
  const tell = (why, element) => found.push(`${why}: ${element.outerHTML.slice(0, 160)}`);
  const never = "iframe:not([data-almanac]), object, embed, applet, base, frameset, marquee, math, video, audio, style, "
    + "bgsound, keygen, isindex, slot, image, frame, portal, foreignObject, animate, set, use, xss, x, custom-x, "
    + "mglyph, body body, [is], [popover], [popovertarget], [contenteditable], [srcdoc], [formaction], [ping], [background], "
    + "meta[http-equiv], link[rel=import], link[rel=preload]";
  for (const element of document.querySelectorAll(never)) tell("strange element", element);
  for (const element of document.scripts) if (!element.nonce || !element.src) tell("script", element);
  for (const element of document.querySelectorAll("*")) {
    for (const name of element.getAttributeNames()) {
      if (name.startsWith("on")) tell("handler", element);
      if (name === "style" && element.getAttribute("style")) tell("style", element);
      if (!/^[a-zA-Z][a-zA-Z0-9:._-]*$/.test(name)) tell("strange attribute", element);
    }
    if (element.matches("a[href], area[href]") && !["http:", "https:", "mailto:", "tel:", "webcal:", "otpauth:"].includes(element.protocol)) {
      tell("link", element);
    }
    for (const name of ["src", "href", "action", "data", "poster"]) {
      const value = element.getAttribute(name);
      if (value === null || element.matches("a")) continue;
      if (new URL(value, location.href).origin !== location.origin) tell("from elsewhere", element);
    }
  }
  return found;
}"""


class Watch:
    """Listens to everything that the pages of a context do."""

    def __init__(self, context, origin, others=()):
        self.faults = []
        self.reports = []
        self.dialogs = []
        self.bytes = 0
        self._origins = {origin, *others}
        self._is_expecting = False
        context.expose_binding("almanacReport", lambda source, text: self._report(source["page"], text))
        context.add_init_script(REPORTER)
        context.on("dialog", self._dialog)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.fault(f"an error in a script: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def fault(self, text):
        if not self._is_expecting:
            self.faults.append(text)

    def expecting(self):
        """From now on what happens is kept in `reports` and `dialogs`, and is no fault."""
        self._is_expecting = True
        return self

    def _report(self, page, text):
        self.reports.append(text)
        self.fault(f"{page.url}: the policy was violated: {text}")

    def _dialog(self, dialog):
        self.dialogs.append(dialog.message)
        self.fault(f"{dialog.page.url if dialog.page else ''}: a dialog was opened: {dialog.type} {dialog.message!r}")
        dialog.dismiss()

    def _console(self, message):
        if message.type not in ("error", "warning"):
            return
        # Answers are looked at below.
        if message.text.startswith("Failed to load resource: the server responded with a status of 4"):
            return
        # What no number or date is, and stands in its field again beside what is wrong with it.
        if message.text.startswith("The specified value"):
            return
        if "Content Security Policy" in message.text:
            self.reports.append(message.text)
        self.fault(f"{message.page.url if message.page else ''}: on the browser's console: {message.text}")

    def _request(self, request):
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "blob", "about"):
            return
        if f"{parts.scheme}://{parts.netloc}" not in self._origins:
            self.fault(f"a request to another host: {request.url}")

    def _response(self, response):
        kind = response.request.resource_type
        if response.status >= 500 or (response.status >= 400 and kind not in ("document", "fetch", "xhr")):
            self.fault(f"{response.request.method} {response.url} answered {response.status}")


def strange_markup(page):
    """Elements and attributes that none of our pages has."""
    return page.evaluate(STRANGE)


def shifts(page):
    """How the layout has moved since the page began, without anybody having done something."""
    page.wait_for_load_state("load")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate("() => window.almanacShifts ?? []")
