"""The booking pages in a frame of another site: who may show them, that one books there, and what becomes of cookies."""

import re

from checks.flow import Wish, fill_in_who, find_by_name
from foreign import ForeignSite
from pages import leaf_to_free_time, structure
from suite import check, expect
from watch import strange_markup

# As high as what it holds, once the frame has said so.
FITS = """(wanted) => new Promise((done) => {
  let left = 240;
  const look = () => {
    const height = document.querySelector("iframe").clientHeight;
    if (Math.abs(height - Math.max(wanted, 200)) <= 2 || left-- === 0) done(height); else requestAnimationFrame(look);
  };
  look();
})"""
HEIGHT = "() => Math.ceil(document.documentElement.getBoundingClientRect().height)"


@check("another site shows the booking pages in a frame, and people book in it", "driving-school")
def in_a_frame(stage):
    stage.require_booking_pages()
    with ForeignSite("127.0.0.2") as listed, ForeignSite("127.0.0.3") as unlisted:
        # Browsers take the cookies of a loopback address for those of a safe one, without TLS.
        more = f'server: {{https: true}}\npages: {{embedOrigins: ["{listed.origin}"]}}\n'
        with stage.served(more) as program:
            books(stage, program, listed)
            refuses(stage, program, listed, unlisted)
            leads_to_a_tab(stage, program, listed)


def widget(program, site, slug, path="/"):
    """The address of a page with the script as the README has it."""
    script = f'<script async src="{program.address}/book/widget.js" data-event-type="{slug}" data-title="Lessons"></script>'
    return site.show(path, script, program.address)


def open_frame(page, address):
    page.goto(address)
    element = page.wait_for_selector("iframe")
    return element, element.content_frame()


def fit(stage, page, frame, name):
    wanted = frame.evaluate(HEIGHT)
    height = page.evaluate(FITS, wanted)
    if abs(height - max(wanted, 200)) > 2:
        stage.fault(f"{name}: the frame is {height} px high, what it holds {wanted}")


def look(stage, page, frame, name):
    for fault in strange_markup(frame) + structure(frame):
        stage.fault(f"{name}: {fault}")
    fit(stage, page, frame, name)
    stage.picture(page, name)


def books(stage, program, site):
    wish = Wish(program)
    with stage.visit(program=program, others=(site.origin,), reduced_motion="reduce") as page:
        element, frame = open_frame(page, widget(program, site, wish.event_type["slug"]))
        frame.wait_for_selector("main")
        expect(element.get_attribute("title") == "Lessons", "the frame has another title than it was given")
        leaf_to_free_time(frame)
        look(stage, page, frame, "widget times")
        frame.locator("button.time").last.click()
        frame.wait_for_url(re.compile("/details"))
        look(stage, page, frame, "widget details")
        fill_in_who(frame, "Framed Falcon")
        frame.click("main form.form .form-buttons button[type=submit]")
        frame.wait_for_url(re.compile("/book/manage"))
        frame.wait_for_selector("h1 .badge")
        look(stage, page, frame, "widget booked")
        expect("embed=1" in frame.url, f"the frame has left its site: {frame.url}")
        cookies = page.context.cookies()
        expect(len(cookies) >= 2, f"the frame keeps {len(cookies)} cookies")
        for cookie in cookies:
            name = cookie["name"]
            if not re.fullmatch(r"__Host-almanac-[a-z]+-framed", name):
                stage.fault(f"{name} is no cookie of a frame")
            if not (cookie["secure"] and cookie["httpOnly"] and cookie["sameSite"] == "None"):
                stage.fault(f"{name} is kept otherwise than it should be: {cookie}")
            if "127.0.0.2" not in str(cookie.get("partitionKey", "")):
                stage.fault(f"{name} is not kept for this site alone: {cookie.get('partitionKey')}")
        # Nothing of it is there on the pages themselves.
        page.goto(f"{program.address}/book/manage")
        expect(page.locator("h1 .badge").count() == 0, "what was booked in a frame is open outside of it")
    find_by_name(program, "Framed Falcon")


def refuses(stage, program, listed, unlisted):
    address = f"{program.address}/book"
    framed = f"{address}?embed=1&amp;origin={unlisted.origin}"
    pages = (
        ("a site that is not listed", widget(program, unlisted, "lesson")),
        ("a site that is not listed, without the script",
         unlisted.show("/bare", f'<iframe src="{framed}"></iframe>', program.address)),
        ("pages that are not made for frames",
         listed.show("/bare", f'<iframe src="{address}"></iframe>', program.address)),
        ("the console", listed.show("/console", f'<iframe src="{program.console}"></iframe>', program.address)),
    )
    for name, page_address in pages:
        with stage.visit(
                program=program, others=(listed.origin, unlisted.origin), is_expecting=True) as page:
            _, frame = open_frame(page, page_address)
            page.wait_for_load_state("networkidle")
            if frame.locator("main").count():
                stage.fault(f"{name}: the frame shows {frame.url}")
            if not any("frame-ancestors" in report for report in page.watch.reports):
                stage.fault(f"{name}: nothing was refused: {page.watch.reports}")


def leads_to_a_tab(stage, program, site):
    """Where the browser keeps no cookies in frames."""
    wish = Wish(program)

    def forget(route):
        answer = route.fetch(max_redirects=0)
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        route.fulfill(response=answer, headers=headers)

    with stage.visit(program=program, others=(site.origin,), reduced_motion="reduce") as page:
        page.context.route(lambda url: url.startswith(f"{program.address}/book"), forget)
        _, frame = open_frame(page, widget(program, site, wish.event_type["slug"]))
        frame.wait_for_selector("main")
        leaf_to_free_time(frame)
        page.context.clear_cookies()
        frame.locator("button.time").last.click()
        link = frame.wait_for_selector("main a[target=_blank]")
        page.context.unroute_all()
        stage.picture(page, "widget without cookies")
        with page.context.expect_page() as opened:
            link.click()
        tab = opened.value
        tab.wait_for_load_state("load")
        expect(tab.url.startswith(f"{program.address}/book/{wish.event_type['slug']}") and "embed" not in tab.url,
               f"the tab shows {tab.url}")
        expect(tab.locator(".weeks").count() == 1, f"the tab shows no times: {tab.inner_text('main')[:200]}")
