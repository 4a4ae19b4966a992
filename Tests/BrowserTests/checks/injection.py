"""Nothing that somebody has typed does anything on a page that shows it."""

import csv
import io
import re

from pages import crawl, leaf_to_free_time
from payloads import Planting, chunks, corpus, short
from suite import check, expect
from watch import strange_markup

RAW = "<!doctype html><html lang=en><head><title>x</title></head><body><main><h1>x</h1>%s</main></body></html>"


@check("a page that does not escape is found out: by its dialogs, its reports and its markup", "retreat-centre")
def control(stage):
    """The negative control: without it, silence would prove nothing."""
    page_of = {"policy": None, "text": ""}

    def answer(route):
        headers = {"content-type": "text/html; charset=utf-8"}
        if page_of["policy"]:
            headers["content-security-policy"] = page_of["policy"]
        route.fulfill(status=200, headers=headers, body=RAW % page_of["text"])

    texts = corpus()
    with stage.visit(is_expecting=True) as page:
        page.route("**/control", answer)
        policy = page.goto("/console/sign-in").headers["content-security-policy"]
        page_of["text"] = "<img src=x onerror=alert(1)>"
        page.goto("/control")
        page.wait_for_timeout(200)
        expect(page.watch.dialogs, "a dialog that was opened was not seen")
        page_of["policy"] = policy
        page.goto("/control")
        page.wait_for_timeout(200)
        expect(page.watch.reports, "a violation of the policy was not seen")
        found, missed = 0, []
        for text in texts if stage.options.long else texts[::8]:
            if not re.search(r"<[a-z!/]", text, re.I) or re.search("refresh|evil.example", text):
                continue
            seen = len(page.watch.reports) + len(page.watch.dialogs)
            page_of["text"] = text
            page.goto("/control")
            if strange_markup(page) or len(page.watch.reports) + len(page.watch.dialogs) > seen:
                found += 1
            else:
                missed.append(text)
        # Some break out of places that this page has not, as of a text area.
        expect(found > 4 * len(missed), f"{found} were found, but not {missed}")


@check("nothing that was stored does anything where it is shown", "retreat-centre")
def stored(stage):
    program = stage.program
    texts = corpus()
    if not program.planted:
        planting = Planting(program, texts)
        planting.everywhere([one["id"] for one in program.items("/providers")])
        stage.note("refused: " + " | ".join(planting.refused[:5]) if planting.refused else "the API took all of it")
        expect(len(planting.made.get("customers", [])) >= 100, f"too little was taken: {planting.refused[:10]}")
        program.planted = planting
    seen = set()
    with stage.visit("admin") as page:
        for kind in program.planted.made:
            for number in range(40):
                look(stage, page, f"/console/{kind}" if number == 0 else following)
                seen |= shown(page, texts)
                following = page.evaluate("() => document.querySelector('a[rel=next]')?.getAttribute('href') ?? null")
                if not following:
                    break
            items = program.planted.made[kind]
            every = 1 if stage.options.long else max(1, len(items) // 6)
            for item in items[::every]:
                identity = item.get("id") or item.get("name")
                if kind == "roles":
                    identity = item["name"]
                for below in ("", "/edit"):
                    answer = page.goto(f"/console/{kind}/{identity}{below}")
                    if answer.status == 200:
                        strange(stage, page)
                        seen |= shown(page, texts)
        for place in crawl(stage, page)[:: 1 if stage.options.long else 3]:
            look(stage, page, place.address)
        look(stage, page, "/console/audit")
        if program.has_booking_pages:
            for language in ("en", "de", "fr"):
                look(stage, page, f"/book?lang={language}")
                seen |= shown(page, texts)
            for item in program.planted.made.get("event-types", [])[:: 1 if stage.options.long else 8]:
                look(stage, page, f"/book/{item['slug']}")
                look(stage, page, f"/book/{item['slug']}/wait")
            look(stage, page, "/book/manage")
    expect(len(seen) >= len(texts) - 5, f"{len(texts) - len(seen)} were never shown as they are: "
           f"{[one for one in texts if one not in seen][:10]}")


def look(stage, page, address):
    page.goto(address)
    strange(stage, page)


def strange(stage, page):
    for fault in strange_markup(page):
        stage.fault(f"{page.url}: {fault}")


def shown(page, texts):
    """The payloads that a page shows letter by letter, white space apart."""
    content = page.evaluate(
        "() => document.body.textContent + ' ' + [...document.querySelectorAll('input, textarea')].map(one => one.value).join(' ')")
    flat = re.sub(r"\s+", " ", content)
    return {text for text in texts if re.sub(r"\s+", " ", text).strip() in flat}


FILL = """(texts) => {
  const form = document.querySelector("main form[method=post]:not([data-bulk])");
  if (!form) return 0;
  let number = 0;
  for (const control of form.querySelectorAll("input, textarea")) {
    if (["hidden", "checkbox", "radio", "submit", "button", "file"].includes(control.type) || control.readOnly) continue;
    if (["number", "date", "time", "datetime-local", "month", "week", "color", "range"].includes(control.type)) control.type = "text";
    control.removeAttribute("maxlength");
    control.value = texts[number++ % texts.length];
  }
  form.noValidate = true;
  if (number) form.setAttribute("data-filled", number);
  return number;
}"""


@check("nothing that was typed into a form does anything, whether it is taken or refused", "clinic")
def typed(stage):
    texts = corpus()
    fields = 0
    with stage.visit("admin") as page:
        places = [one for one in crawl(stage, page)
                  if re.search(r" (new|edit)$", one.name) or "/do/" in one.address or "/settings/" in one.address]
        expect(len(places) >= 8, f"only {len(places)} forms were found")
        rounds = chunks(texts, 12)
        for number, place in enumerate(places):
            mine = rounds if stage.options.long else [rounds[number % len(rounds)]]
            for part in mine:
                if page.goto(place.address).status != 200:
                    break
                count = page.evaluate(FILL, part)
                if not count:
                    break
                fields += count
                with page.expect_navigation():
                    page.evaluate("() => HTMLFormElement.prototype.submit.call(document.querySelector('[data-filled]'))")
                strange(stage, page)
        for address in ("/console/sign-in",):
            for part in chunks(texts, 2)[:: 1 if stage.options.long else 12]:
                page.goto(address)
                page.fill("#email", part[0])
                page.evaluate("() => { document.querySelector('#email').type = 'text'; document.querySelector('form').noValidate = true; }")
                page.fill("#email", part[0])
                page.fill("#password", part[-1])
                with page.expect_navigation():
                    page.click("button[type=submit]")
                strange(stage, page)
    stage.note(f"{fields} fields of {len(places)} forms were filled in")


@check("nothing that a guest types does anything, neither for them nor for the staff", "clinic")
def typed_by_guests(stage):
    stage.require_booking_pages()
    texts = corpus()
    with stage.visit() as page:
        page.goto(stage.program.booking)
        offer = page.get_attribute(".offers a[href]", "href")
        page.goto(offer)
        leaf_to_free_time(page)
        with page.expect_navigation():
            page.locator("button.time").last.click()
        expect("/details" in page.url, f"no time can be chosen: {page.url}")
        details = page.url
        # What is wrong is shown again beside what was typed, and the form stays where it is.
        for part in chunks(texts, 6)[:: 1 if stage.options.long else 4]:
            page.goto(details)
            if not page.evaluate(FILL.replace("main form[method=post]:not([data-bulk])", "main form.form"), part):
                break
            with page.expect_navigation():
                page.evaluate("() => HTMLFormElement.prototype.submit.call(document.querySelector('[data-filled]'))")
            strange(stage, page)
        page.goto(details)
        page.fill("[name='d.givenName']", texts[0][:200])
        page.fill("[name='d.familyName']", '"><img src=x onerror=alert(1)>')
        page.fill("[name='d.email']", "guest@example.org")
        if page.query_selector("[name='d.notes']"):
            page.fill("[name='d.notes']", "\n".join(texts)[:3900])
        with page.expect_navigation():
            page.click("main form.form .form-buttons button[type=submit]")
        expect("/book/manage" in page.url, f"nothing was booked: {page.inner_text('main')[:300]}")
        strange(stage, page)
        for address in ("/book/manage", "/book/waitlist"):
            for part in chunks(texts, 3)[::12]:
                page.goto(address)
                if page.evaluate(FILL, part):
                    with page.expect_navigation():
                        page.evaluate("() => HTMLFormElement.prototype.submit.call(document.querySelector('[data-filled]'))")
                    strange(stage, page)
    booked = next(one for one in stage.program.items("/bookings?limit=200")
                  if "onerror" in one.get("customer", {}).get("name", ""))
    with stage.visit("admin") as page:
        day = booked["start"][:10]
        for address in (f"/console/bookings/{booked['id']}", f"/console/bookings?from={day}&to={day}",
                        f"/console/calendar?view=week&date={day}", f"/console/calendar?view=month&date={day}",
                        f"/console/customers/{booked['customer']['id']}", f"/console/bookings/{booked['id']}/do/cancel"):
            look(stage, page, address)
        page.goto(f"/console/calendar?view=day&date={day}")
        expect("onerror=alert(1)" in page.inner_text("main"), "the calendar does not show whom it is for")
    with stage.visit("provider") as page:
        look(stage, page, f"/console/calendar?view=week&date={day}")


@check("nothing that stands in an address does anything", "driving-school")
def addressed(stage):
    from urllib.parse import quote
    texts = corpus()
    with stage.visit("admin") as page:
        some = texts if stage.options.long else texts[::10]
        for number, text in enumerate(some):
            value = quote(text, safe="")
            for address in (f"/console/sign-in?next={value}", f"/console/customers?q={value}&after={value}",
                            f"/console/bookings?status={value}&from={value}&did={value}", f"/console/audit?action={value}",
                            f"/console/{value}", f"/console/bookings/{value}", f"/console/calendar?date={value}&zone={value}",
                            f"/book?lang={value}&zone={value}&organization={value}", f"/book/{value}",
                            f"/book/manage?embed=1&origin={value}")[number % 3::3]:
                page.goto(address)
                strange(stage, page)


@check("no exported table makes a spreadsheet compute", "retreat-centre")
def exported(stage):
    formulas = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "=HYPERLINK(\"https://evil.example/\",\"x\")",
                "=cmd|'/c calc'!A1", "\r=1+1"]
    for number, text in enumerate(formulas):
        try:
            stage.program.call("POST", "/customers", {
                "givenName": text, "familyName": text, "email": f"formula-{number}@example.org"}, role="admin")
        except Exception as refusal:
            stage.note(f"refused: {refusal}"[:160])
    cells = 0
    with stage.visit("admin") as page:
        for address in ("/console/customers", "/console/event-types", "/console/locations", "/console/audit"):
            page.goto(address)
            link = page.get_attribute("a[download]", "href") if page.query_selector("a[download]") else None
            if not link:
                continue
            answer = page.request.get(link)
            expect(answer.status == 200, f"{link} answered {answer.status}")
            for row in csv.reader(io.StringIO(answer.text())):
                for cell in row:
                    cells += 1
                    if cell[:1] in ("=", "@", "\t", "\r") or (cell[:1] in "+-" and not re.fullmatch(r"[+-][\d .,:]+", cell) and cell):
                        stage.fault(f"{link}: a spreadsheet would compute {cell[:60]!r}")
    expect(cells > 50, "nothing was exported")
