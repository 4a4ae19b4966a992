"""Somebody books, the provider confirms, the administrator sees it everywhere and cancels: with scripts, without, by keys."""

import re
from datetime import date, timedelta

from keyboard import Keyboard
from checks.pages import look
from pages import leaf_to_free_time
from suite import Failed, Skipped, check, expect


class Wish:
    """What is to be booked: with the provider who has an account, and to be approved where the trade does that."""

    def __init__(self, program):
        self.program = program
        profile = program.call("GET", "/me/profile", role="provider")
        name = profile.get("displayName") or f"{profile['givenName']} {profile['familyName']}"
        self.provider = next(one for one in program.items("/providers") if one["name"] == name)
        mine = [one for one in program.items("/event-types?limit=100") if self.provider["id"] in one["providers"]]
        asks = [one for one in mine if one["requiresApproval"]]
        self.event_type = (asks or [one for one in mine if one["capacity"] == 1])[0]
        self.needs_approval = bool(asks)

    def book_by_api(self):
        """A booking by the customer who has an account: the last time that is free, for others want the first."""
        today = date.today()
        found = self.program.call(
            "GET", f"/slots?eventType={self.event_type['id']}&provider={self.provider['id']}"
            f"&from={today + timedelta(days=1)}&to={today + timedelta(days=20)}", role="customer")["items"]
        expect(found, f"nothing of {self.event_type['name']} is free")
        return self.program.call("POST", "/bookings", {
            "eventType": self.event_type["id"], "provider": self.provider["id"], "start": found[-1]["start"]},
            role="customer")


def local_date(booking):
    """The date of a booking where it takes place; near enough in the zones of the demos."""
    from datetime import datetime
    from zoneinfo import ZoneInfo
    start = datetime.fromisoformat(booking["start"].replace("Z", "+00:00"))
    return start.astimezone(ZoneInfo(booking["timeZone"])).date().isoformat()


def badge(page):
    return page.inner_text("h1 .badge")


def send(page, has_scripts):
    """Sends the form that an action asks with: in a dialog, or on a page of its own."""
    if has_scripts:
        page.wait_for_selector("dialog[open]")
        page.click("dialog[open] .form-buttons button[type=submit]")
    else:
        page.click("main .form-buttons button[type=submit]")
    page.wait_for_url(re.compile("did=acted"))


def confirm(stage, booking, has_scripts):
    """The provider looks for what is to be confirmed, and confirms it."""
    with stage.visit("provider", java_script_enabled=has_scripts) as page:
        page.goto("/console")
        page.click(".side a[href*='status=pending']")
        page.wait_for_url(re.compile("status=pending"))
        with page.expect_navigation():
            page.click(f"main a[href$='/bookings/{booking['id']}']")
        before = badge(page)
        stage.picture(page, f"flow provider is asked {'' if has_scripts else 'without scripts'}")
        page.click(".head-actions a[href$='/do/approve']")
        send(page, has_scripts)
        expect(badge(page) != before, f"the booking is still {before} after it was confirmed")
        expect(not page.query_selector(".head-actions a[href$='/do/approve']"), "it can be confirmed a second time")
    now = stage.program.call("GET", f"/bookings/{booking['id']}", role="admin")["status"]
    expect(now == "confirmed", f"the booking is {now} after it was confirmed")


def find_in_list(page, booking, has_scripts):
    """Filters the list down to the day of the booking."""
    page.goto("/console/bookings")
    day = local_date(booking)
    for name in ("from", "to"):
        control = page.locator(f"#f-{name}")
        kind = control.get_attribute("type")
        text = day if kind == "date" else f"{day}T{'00:00' if name == 'from' else '23:59'}"
        control.fill(text)
        if has_scripts and kind == "date":
            page.wait_for_url(re.compile(f"[?&]{name}={day}"))
            page.wait_for_load_state("load")
    if not has_scripts or "from=" not in page.url or "to=" not in page.url:
        page.click(".filters button[type=submit]")
        page.wait_for_url(re.compile("from="))
    link = page.locator(f"main a[href$='/bookings/{booking['id']}']").first
    expect(link.count() or link.is_visible(), f"the list of {day} does not show {booking['number']}")
    return link


def see_and_cancel(stage, booking, has_scripts):
    """The administrator sees it in list, calendar and audit log, and cancels it."""
    words = "" if has_scripts else " without scripts"
    with stage.visit("admin", java_script_enabled=has_scripts) as page:
        link = find_in_list(page, booking, has_scripts)
        stage.picture(page, f"flow list{words}")
        see_in_calendar(stage, page, booking, words)
        find_in_list(page, booking, has_scripts).click()
        page.wait_for_url(re.compile(f"/bookings/{booking['id']}"))
        expect(booking["number"] in page.inner_text("h1"), "the page of the booking does not name it")
        stage.picture(page, f"flow booking{words}")
        before = badge(page)
        page.click(".head-actions a[href$='/do/cancel']")
        send(page, has_scripts)
        expect(badge(page) != before, f"the booking is still {before} after it was cancelled")
        see_in_audit(stage, page, booking)
        stage.picture(page, f"flow audit{words}")
    now = stage.program.call("GET", f"/bookings/{booking['id']}", role="admin")["status"]
    expect(now == "cancelled", f"the booking is {now} after it was cancelled")


def see_in_calendar(stage, page, booking, words):
    day = local_date(booking)
    if page.goto("/console/calendar").status != 200:
        stage.note("there is no calendar")
        return
    for view in ("week", "day"):
        page.goto(f"/console/calendar?view={view}&date={day}")
        shown = page.locator(f"[data-item='{booking['id']}'], .cal-item a[href*='{booking['id']}']")
        expect(shown.count() > 0, f"the calendar ({view}) of {day} does not show {booking['number']}: {page.url}")
        stage.picture(page, f"flow calendar {view}{words}")


def see_in_audit(stage, page, booking):
    page.goto(f"/console/audit?objectId={booking['id']}")
    text = page.inner_text("main table")
    for word in ("created", "cancelled"):
        expect(re.search(rf"bookings\.booking\.{word}", text) or word in text.lower(),
               f"the audit log does not say that the booking was {word}: {text[:400]}")


def find_by_name(program, family):
    """The booking of a guest, as the administrator sees it."""
    today = date.today()
    found = [one for one in program.items(f"/bookings?from={today}&to={today + timedelta(days=61)}")
             if family in one.get("customer", {}).get("name", "")]
    expect(len(found) == 1, f"{len(found)} bookings are of {family}")
    return program.call("GET", f"/bookings/{found[0]['id']}", role="admin")


def offer_link(wish):
    return f"main a[href*='/book/{wish.event_type['slug']}']"


def choose_provider(page, wish, has_scripts):
    """Says with whom, where there is a choice."""
    if not page.query_selector("select#provider") or page.input_value("#provider") == wish.provider["id"]:
        return
    page.select_option("#provider", wish.provider["id"])
    if not has_scripts:
        page.click("form.choice button[type=submit]")
    page.wait_for_url(re.compile(f"provider={wish.provider['id']}"))
    page.wait_for_load_state("load")


def go_to_times(page, wish, has_scripts):
    """From what there is to the times of the provider, some weeks ahead."""
    page.goto(wish.program.booking)
    with page.expect_navigation():
        page.click(offer_link(wish))
    choose_provider(page, wish, has_scripts)
    for _ in range(2):
        with page.expect_navigation():
            page.click("a[rel=next]")
    leaf_to_free_time(page)


def fill_in_who(page, family):
    page.fill("[name='d.givenName']", "Robin")
    page.fill("[name='d.familyName']", family)
    page.fill("[name='d.email']", f"{family.lower().replace(' ', '.')}@example.org")
    if page.query_selector("[name='d.notes']"):
        page.fill("[name='d.notes']", "By the browser suite")


def book_by_pages(stage, wish, family, has_scripts):
    """A guest books in three steps; each page is looked at."""
    words = "" if has_scripts else " without scripts"
    with stage.visit(java_script_enabled=has_scripts, reduced_motion="reduce") as page:
        go_to_times(page, wish, has_scripts)
        stage.picture(page, f"flow times{words}")
        page.locator("button.time").last.click()
        page.wait_for_url(re.compile("/details"))
        if has_scripts:
            look(stage, page, "/book details")
        fill_in_who(page, family)
        stage.picture(page, f"flow details{words}")
        page.click("main form.form .form-buttons button[type=submit]")
        page.wait_for_url(re.compile("/book/manage"))
        expect(page.locator("h1 .badge").count() == 1, f"the booking has no state: {page.inner_text('main')[:300]}")
        if has_scripts:
            look(stage, page, "/book managed")
        stage.picture(page, f"flow booked{words}")
    return find_by_name(stage.program, family)


def book_by_keys(stage, wish, family):
    """A guest books and touches nothing but keys."""
    with stage.visit(reduced_motion="reduce") as page:
        page.goto(wish.program.booking)
        keys = Keyboard(stage, page)
        expect(keys.tab()["href"] == "#main", "the first stop leads past nothing")
        keys.go_to_address(f"/book/{wish.event_type['slug']}")
        keys.follow()
        if page.query_selector("select#provider"):
            keys.go_to_field("provider")
            wanted = page.eval_on_selector("#provider", "(one, id) => [...one.options].findIndex(o => o.value === id)",
                                           wish.provider["id"])
            keys.press(*["ArrowDown"] * wanted)
            expect(page.input_value("#provider") == wish.provider["id"], "arrow keys do not choose somebody")
            keys.go_to(lambda one: one["tag"] == "button" and one["type"] == "submit", "the button that shows the times")
            keys.follow()
        for _ in range(8):
            if page.locator("button.time").count():
                break
            keys.go_to(lambda one: page.evaluate("() => document.activeElement.rel") == "next", "the next week")
            keys.follow()
        keys.go_to(lambda one: one["field"] == "time", "a time")
        keys.follow()
        expect("/details" in page.url, f"a time leads to {page.url}")
        # Nothing is filled in: what is wrong is said, where the keyboard is.
        keys.go_to_button_of("form.form")
        keys.follow()
        focus = keys.settled()
        expect(focus is not None and page.evaluate("() => !!document.activeElement.closest('[role=alert]')"),
               f"what is wrong has not the focus: {focus}")
        for name, text in (("d.givenName", "Robin"), ("d.familyName", family),
                           ("d.email", f"{family.lower().replace(' ', '.')}@example.org")):
            keys.go_to_field(name)
            keys.type(text)
        keys.go_to_button_of("form.form")
        keys.follow()
        expect("/book/manage" in page.url, f"nobody can book by keyboard: {page.url} {page.inner_text('main')[:300]}")
    return find_by_name(stage.program, family)


def book(stage, manner):
    """A guest books, by scripts, without or by keys."""
    wish = Wish(stage.program)
    if not stage.program.has_booking_pages:
        stage.note("there are no booking pages: it was booked by the API")
        return wish, wish.book_by_api()
    if manner == "keys":
        return wish, book_by_keys(stage, wish, "Keyboard Winter")
    has_scripts = manner == "scripts"
    return wish, book_by_pages(stage, wish, "Scripted Summer" if has_scripts else "Plain Autumn", has_scripts)


@check("somebody books, the provider confirms, the administrator sees it and cancels")
def with_scripts(stage):
    wish, booking = book(stage, "scripts")
    if wish.needs_approval:
        expect(booking["status"] == "pending", f"what needs an approval is {booking['status']}")
        confirm(stage, booking, has_scripts=True)
    see_and_cancel(stage, booking, has_scripts=True)


@check("the same without scripts")
def without_scripts(stage):
    wish, booking = book(stage, "plain")
    if wish.needs_approval:
        confirm(stage, booking, has_scripts=False)
    see_and_cancel(stage, booking, has_scripts=False)


@check("the same by keyboard alone")
def by_keyboard(stage):
    wish, booking = book(stage, "keys")
    program = stage.program
    if wish.needs_approval:
        with stage.visit() as page:
            keys = sign_in_by_keys(stage, page, program.account("provider"))
            keys.go_to_address("status=pending")
            keys.follow()
            open_by_keys(keys, booking)
            act_by_keys(stage, keys, "/do/approve")
        now = program.call("GET", f"/bookings/{booking['id']}", role="admin")["status"]
        expect(now == "confirmed", f"the booking is {now} after it was confirmed by keyboard")
    with stage.visit() as page:
        keys = sign_in_by_keys(stage, page, program.account("admin"))
        # The first stop of every page leads past the menu.
        first = keys.tab()
        expect(first["href"] == "#main", f"the first stop is {first['html']}, which leads past nothing")
        keys.press("Enter")
        inside = keys.tab()
        expect(page.evaluate("() => !!document.activeElement.closest('main')"),
               f"the link past the menu leads to {inside['html']}")
        # The address is what somebody types who has no menu at hand.
        page.goto(f"/console/bookings?from={local_date(booking)}&to={local_date(booking)}")
        open_by_keys(keys, booking)
        act_by_keys(stage, keys, "/do/cancel", changes_mind=True)
    now = program.call("GET", f"/bookings/{booking['id']}", role="admin")["status"]
    expect(now == "cancelled", f"the booking is {now} after it was cancelled by keyboard")


def sign_in_by_keys(stage, page, account):
    page.goto(stage.program.console)
    keys = Keyboard(stage, page)
    keys.check("opening the page that asks who one is")
    if keys.focus()["field"] != "email":
        keys.go_to_field("email")
    keys.type(account.email)
    keys.go_to_field("password")
    keys.type(account.password)
    keys.follow()
    expect("/sign-in" not in page.url, f"nobody can sign in by keyboard: {page.url}")
    return keys


def open_by_keys(keys, booking):
    keys.go_to_address(f"/bookings/{booking['id']}")
    keys.follow()


def act_by_keys(stage, keys, action, changes_mind=False):
    """Opens the dialog of an action, goes around in it, and sends it."""
    page = keys.page
    opener = keys.go_to_address(action)
    keys.press("Enter")
    page.wait_for_selector("dialog[open]")
    expect(keys.check("opening a dialog")["inDialog"], "the dialog has not the focus")
    if changes_mind:
        keys.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
        back = keys.check("closing the dialog")
        expect(back["href"] == opener["href"], f"the focus went to {back['html']} when the dialog was closed")
        keys.press("Enter")
        page.wait_for_selector("dialog[open]")
    for _ in range(12):
        focus = keys.focus()
        if focus and focus["tag"] == "button" and focus["type"] == "submit" and focus["inDialog"]:
            break
        keys.tab()
    else:
        raise Failed(f"{page.url}: the button of the dialog cannot be reached")
    keys.press("Enter")
    page.wait_for_url(re.compile("did=acted"))


@check("Tab leads once through a page, in the order of what is read, and one always sees where one is", "driving-school")
def tab_order(stage):
    with stage.visit("admin") as page:
        book_pages = ["/book"] if stage.program.has_booking_pages else []
        for address in ["/console/bookings", "/console/event-types/-/new", "/console/audit", "/console/sign-in"] + book_pages:
            page.goto(address)
            stops = Keyboard(stage, page).around()
            expect(len(stops) >= 2, f"{address} has {len(stops)} stops only")
            order = [one["key"] for one in stops]
            if order != sorted(order):
                wrong = next(index for index in range(1, len(order)) if order[index] < order[index - 1])
                stage.fault(f"{address}: Tab goes back in the page at {stops[wrong]['html']}")


@check("a guest moves what they have booked, and cancels it, with and without scripts", "clinic")
def moves_and_cancels(stage):
    stage.require_booking_pages()
    for has_scripts, family in ((True, "Moving Spring"), (False, "Moving Still")):
        wish = Wish(stage.program)
        with stage.visit(java_script_enabled=has_scripts, reduced_motion="reduce") as page:
            go_to_times(page, wish, has_scripts)
            page.locator("button.time").last.click()
            fill_in_who(page, family)
            page.click("main form.form .form-buttons button[type=submit]")
            page.wait_for_url(re.compile("/book/manage"))
            before = find_by_name(stage.program, family)
            with page.expect_navigation():
                page.click("main a[href*='reschedule']")
            if has_scripts:
                look(stage, page, "/book reschedule")
            choose_provider(page, wish, has_scripts)
            leaf_to_free_time(page)
            with page.expect_navigation():
                page.locator("button.time").first.click()
            with page.expect_navigation():
                page.click("main form.form .form-buttons button[type=submit]")
            now = find_by_name(stage.program, family)
            expect(now["start"] != before["start"], f"it was not moved: {page.url} {page.inner_text('main')[:300]}")
            page.goto("/book/manage")
            with page.expect_navigation():
                page.click("main a[href*='cancel']")
            if has_scripts:
                look(stage, page, "/book cancel")
            with page.expect_navigation():
                page.click("main form.form .form-buttons button[type=submit]")
            now = find_by_name(stage.program, family)
            expect(now["status"] == "cancelled", f"it is {now['status']}: {page.inner_text('main')[:300]}")


@check("a guest takes a seat of what has seats left, and waits for one of what has none", "retreat-centre")
def seats_and_waitlist(stage):
    stage.require_booking_pages()
    with stage.visit(reduced_motion="reduce") as page:
        page.goto(stage.program.booking)
        dates = page.locator(".dates .date")
        if stage.vertical != "retreat-centre" and not dates.count():
            raise Skipped("no dates with seats are planned")
        expect(dates.count() >= 3, f"{dates.count()} dates are shown, of sessions with seats")
        full = dates.filter(has=page.locator(".badge.bad")).first
        with page.expect_navigation():
            full.locator("a").first.click()
        with page.expect_navigation():
            page.locator(".date a[href*='/wait']").first.click()
        look(stage, page, "/book wait for a date")
        fill_in_who(page, "Waiting Willow")
        page.click("main form.form .form-buttons button[type=submit]")
        page.wait_for_url(re.compile("/book/waitlist"))
        look(stage, page, "/book waiting")
        page.goto(stage.program.booking)
        free = page.locator(".dates .date").filter(has_not=page.locator(".badge.bad")).first
        title = free.locator("a").first.inner_text()
        with page.expect_navigation():
            free.locator("a").first.click()
        page.locator("button[name=date]").first.click()
        page.wait_for_url(re.compile("/details"))
        fill_in_who(page, "Seated Sparrow")
        page.click("main form.form .form-buttons button[type=submit]")
        page.wait_for_url(re.compile("/book/manage"))
        stage.picture(page, "flow seat of a session")
        expect(title.split(" ")[0] in page.inner_text("main"), f"{title} is not what was booked: {page.inner_text('main')[:200]}")
    waiting = stage.program.items("/waitlist?limit=100")
    expect(len(waiting) >= 4, f"{len(waiting)} wait")
