"""Every page by itself: its structure, its look, its weight."""

import re

from pages import Place, crawl, examine, kind, open_place, overflow, structure
from suite import check, expect
from watch import shifts, strange_markup

# The only rule that depends on the colors.
COLORS = ["color-contrast", "link-in-text-block"]

# What is about the trade. Everything else is the kernel's, and the same in every vertical.
TRADE = ("bookings", "calendar", "customers", "providers", "event-types", "resources", "locations", "sessions", "nothing-here")


def public_places(stage, page):
    """Pages for which nobody has to sign in, and that need no booking."""
    places = [Place("/console/sign-in", "/console/sign-in")]
    if not stage.program.has_booking_pages:
        return places
    places.append(Place("/book", "/book"))
    page.goto("/book")
    offers = page.eval_on_selector_all(".offers a[href], .dates a[href]", "all => all.map(one => one.getAttribute('href'))")
    expect(offers, "nothing can be booked")
    addresses = list(dict.fromkeys(one.split("#")[0] for one in offers))
    for number, address in enumerate(addresses if stage.options.long else [addresses[0], addresses[-1]]):
        places.append(Place(f"/book times {number + 1}", address))
    page.goto(addresses[0])
    waiting = page.query_selector("main a[href*='/wait']")
    if waiting:
        places.append(Place("/book wait", waiting.get_attribute("href")))
    return places + [Place("/book/manage", "/book/manage"), Place("/book nothing", "/book/nothing-here")]


def all_places(stage, page, most="driving-school"):
    """Every page of the console; unless the run is a long one, in all but one vertical without those of the kernel."""
    places = crawl(stage, page) + [Place("/console nothing", "/console/nothing-here")]
    if stage.options.long or stage.vertical == most:
        return places
    return [one for one in places if kind(one.address) in TRADE and not re.search(r" edit$|/do/|/edit$", one.name + one.address)]


@check("every page of the console is sound: structure, accessibility, light and dark")
def console_pages(stage):
    with stage.visit("admin", reduced_motion="reduce") as page:
        look_at(stage, page, all_places(stage, page))


@check("every page that needs no account is sound: structure, accessibility, light and dark")
def open_pages(stage):
    with stage.visit(reduced_motion="reduce") as page:
        look_at(stage, page, public_places(stage, page))


def look_at(stage, page, places):
    for place in places:
        answer = page.goto(place.address)
        wanted = 404 if "nothing" in place.name else 200
        if answer.status != wanted:
            stage.fault(f"{place.name} answered {answer.status}")
            continue
        look(stage, page, place.name)


def look(stage, page, name):
    """Holds the page that is open against everything that holds of every page."""
    for fault in shifts(page):
        stage.fault(f"{name}: the layout has moved by {fault}")
    for fault in structure(page):
        stage.fault(f"{name}: {fault}")
    for fault in strange_markup(page):
        stage.fault(f"{name}: {fault}")
    for fault in overflow(page):
        stage.fault(f"{name}: wider than it is shown: {fault}")
    examine(stage, page, f"{name} (light)")
    stage.picture(page, f"{name} light 1440")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    examine(stage, page, f"{name} (dark)", rules=COLORS)
    if stage.options.pictures_of_all or name.startswith("/book"):
        stage.picture(page, f"{name} dark 1440")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


@check("no page scrolls sideways at 320 pixels, nor at 200 percent", "clinic")
def narrow(stage):
    with stage.visit("admin") as page:
        places = all_places(stage, page, most="clinic")
        public = public_places(stage, page)
        for width in (320, 640):
            page.set_viewport_size({"width": width, "height": 800})
            for place in places + public:
                page.goto(place.address)
                for fault in overflow(page):
                    stage.fault(f"{place.name}: wider than {width} px: {fault}")
                if width == 320:
                    stage.picture(page, f"{place.name} light 320")
            # Twice the size leaves half the width; lists and items are what is wide there.
            if not stage.options.long:
                places = [one for one in places if one.name == one.address or one.name.endswith(" item")]


# Makes text twice as large, as browsers do that enlarge nothing but text.
LARGER = """() => {
  const sizes = [...document.querySelectorAll("body, body *")].map((one) => [one, parseFloat(getComputedStyle(one).fontSize)]);
  for (const [element, size] of sizes) element.style.fontSize = `${size * 2}px`;
}"""

CUT = """() => [...document.querySelectorAll("button, .button, label, h1, h2, th, legend, .badge, summary, nav a")]
  .filter((one) => one.checkVisibility() && !one.closest(".hidden"))
  .filter((one) => one.scrollHeight > one.clientHeight + 4 && getComputedStyle(one).overflowY === "hidden"
    && getComputedStyle(one).display !== "inline")
  .map((one) => `${one.scrollHeight} of ${one.clientHeight}: ${one.outerHTML.slice(0, 100)}`)"""


@check("larger text, forced colors and reduced motion leave pages usable", "retreat-centre")
def preferences(stage):
    with stage.visit("admin", width=1280) as page:
        for address in ("/console/bookings", "/console/bookings/-/new", "/console/audit", "/console/sign-in"):
            page.goto(address)
            page.evaluate(LARGER)
            for fault in overflow(page) + page.evaluate(CUT):
                stage.fault(f"{address}: with text of 200 %: {fault}")
            stage.picture(page, f"{address} text 200")
        page.emulate_media(forced_colors="active", reduced_motion="reduce")
        for address in ("/console/bookings", "/console/bookings/-/new"):
            page.goto(address)
            bare = page.eval_on_selector_all(
                ".button, input:not([type=checkbox], [type=hidden]), select, textarea",
                "all => all.filter(one => one.checkVisibility() && !one.matches('.hidden') && getComputedStyle(one).borderTopStyle === 'none')"
                ".map(one => one.outerHTML.slice(0, 100))")
            for element in bare:
                stage.fault(f"{address}: with forced colors this has no edge: {element}")
            moving = page.eval_on_selector_all(
                "*", "all => all.filter(one => getComputedStyle(one).transitionDuration.split(', ')"
                ".some(time => parseFloat(time) > 0.01) || getComputedStyle(one).animationName !== 'none')"
                ".map(one => one.outerHTML.slice(0, 100))")
            for element in moving[:3]:
                stage.fault(f"{address}: with reduced motion this moves: {element}")
            stage.picture(page, f"{address} forced colors")


def first_pages(stage):
    """The pages that somebody sees first."""
    addresses = ["/console/sign-in"] + (["/book"] if stage.program.has_booking_pages else [])
    return [Place(address, address) for address in addresses]


@check("the first page weighs at most 50 KB in total")
def weight(stage):
    for place in first_pages(stage):
        with stage.visit() as page:
            measured = transferred(page, place.address)
            total = sum(measured.values())
            stage.note(f"{place.name} weighs {total / 1024:.1f} KB: {describe(measured)}")
            expect(total <= 50 * 1024, f"{place.name} weighs {total} bytes: {describe(measured)}")
            expect(len(measured) >= 2, f"{place.name}: only {describe(measured)} was measured")


def describe(measured):
    return ", ".join(f"{address.rsplit('/', 1)[-1]} {size}" for address, size in measured.items())


def transferred(page, address):
    """What came over the wire, head and body, by address."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    names, sizes = {}, {}
    session.on("Network.requestWillBeSent", lambda event: names.setdefault(event["requestId"], event["request"]["url"]))
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.update({names.get(event["requestId"], "?"): int(event["encodedDataLength"])}))
    page.goto(address, wait_until="networkidle")
    return sizes


@check("pages are in the language of the browser, and the words of all three are there", "retreat-centre")
def languages(stage):
    for language, word in (("de", "Anmelden"), ("fr", "connecter"), ("en", "Sign in")):
        with stage.visit(language=language) as page:
            for address in [one.address for one in first_pages(stage)]:
                page.goto(address)
                lang = page.evaluate("() => document.documentElement.lang")
                expect(lang == language, f"{address} is in {lang} and not in {language}")
                text = page.inner_text("body")
                expect(word.lower() in text.lower(), f"in {language} {address} does not say {word}: {text}")
                stage.picture(page, f"{address} {language}")


@check("all pages in German and in French say nothing in English", long=True)
def translated(stage):
    for language in ("de", "fr"):
        with stage.visit("admin", language=language) as page:
            for place in crawl(stage, page):
                open_place(page, place)
                for fault in structure(page):
                    stage.fault(f"{place.name} ({language}): {fault}")
                stage.picture(page, f"{place.name} {language}")
