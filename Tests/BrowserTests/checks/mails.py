"""What people are mailed: that it can be read, does nothing by itself, and leads to what was booked."""

import email
import email.policy
import re
import socket
import time
from datetime import date, timedelta

from pages import examine
from payloads import corpus, short
from program import Refused
from suite import check, expect

LANGUAGES = ("en", "de", "fr")

# Whatever our mails never hold.
STRANGE = """() => {
  const known = {html: ["lang"], head: [], meta: ["charset", "name", "content"], title: [], body: ["style"], p: [], a: ["href"]};
  const found = [];
  for (const element of document.querySelectorAll("*")) {
    const allowed = known[element.localName];
    const names = element.getAttributeNames();
    if (!allowed || names.some((name) => !allowed.includes(name))) found.push(element.outerHTML.slice(0, 160));
  }
  return found;
}"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def names(texts, length=190):
    """All texts, side by side as many as a name holds."""
    found = [""]
    for text in (short(one, length) for one in texts):
        if len(found[-1]) + 1 + len(text) > length:
            found.append("")
        found[-1] = f"{found[-1]} {text}".strip()
    return found


def book(program, wanted):
    """A booking of a guest for each name, in the three languages in turn: what was booked, by address."""
    today = date.today()
    span = f"from={today + timedelta(days=1)}&to={today + timedelta(days=30)}"
    types = [one for one in program.items("/event-types?limit=100") if one["capacity"] == 1 and one["providers"]]
    slots = [(one, slot) for one in types for slot in
             program.call("GET", f"/slots?eventType={one['id']}&{span}")["items"][::3]]
    booked = {}
    for number, name in enumerate(wanted):
        address = f"mailed-{number}@example.org"
        while address not in booked:
            expect(slots, f"only {len(booked)} of {len(wanted)} could be booked")
            event_type, slot = slots.pop(0)
            try:
                booked[address] = program.call("POST", "/guest-bookings", {
                    "eventType": event_type["id"], "start": slot["start"], "givenName": name, "familyName": name,
                    "email": address, "notes": name, "locale": LANGUAGES[number % 3]})["booking"]
            except Refused as refusal:
                # Somebody before has taken it, or answers are wanted that nobody here gives.
                if refusal.status not in (409, 422):
                    raise
    return booked


def arrived(program):
    """The mails with a part in HTML that have been sent so far: recipient and markup."""
    found = []
    for file in sorted((program.folder / "mail").glob("*.eml")):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        part = message.get_body(("html",))
        if part is not None:
            found.append((str(message["to"].addresses[0].addr_spec), part.get_content()))
    return found


def await_mails(program, addresses):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        mails = arrived(program)
        if addresses <= {to for to, _ in mails}:
            return mails
        time.sleep(0.25)
    raise AssertionError(f"no mail came to {sorted(addresses - {to for to, _ in arrived(program)})[:5]}")


@check("mails do nothing by themselves, can be read in all three languages, and lead to what was booked", "clinic")
def mails(stage):
    stage.require_booking_pages()
    port = free_port()
    more = f'accounts: {{publicURL: "http://127.0.0.1:{port}"}}\nplugins: {{messaging: {{graceMinutes: 0}}}}\n'
    with stage.served(more, port) as program:
        wanted = names(corpus())
        booked = book(program, wanted)
        found = await_mails(program, set(booked))
        by_address = dict(found)
        current = {"markup": ""}
        with stage.visit(program=program) as page:
            # Mail programs have no policy of ours: nothing but escaping keeps it from doing something.
            page.route("**/mail", lambda route: route.fulfill(
                status=200, headers={"content-type": "text/html; charset=utf-8"}, body=current["markup"]))
            seen = {}
            for number, (to, markup) in enumerate(found):
                current["markup"] = markup
                page.goto("/mail")
                language = page.evaluate("() => document.documentElement.lang")
                for fault in page.evaluate(STRANGE):
                    stage.fault(f"a mail in {language}: strange element: {fault}")
                text = re.sub(r"\s+", " ", page.inner_text("body"))
                is_guest = to in booked
                if is_guest and re.sub(r"\s+", " ", wanted[int(to[7:].split("@")[0])]) not in text:
                    stage.fault(f"a mail in {language} does not show a name as it was given: {text[:300]}")
                # As which kind of reader it is read, in each language once.
                if (language, is_guest) not in seen:
                    seen[(language, is_guest)] = to
                    examine(stage, page, f"mail {language}")
                    stage.picture(page, f"mail {language} {'guest' if is_guest else 'staff'}")
                links = page.eval_on_selector_all("a", "all => all.map(one => one.href)")
                expected = rf"http://127\.0\.0\.1:{port}/book/manage\?booking={booked[to]['id']}&organization=[\w-]+#token=[\w-]+" if is_guest else None
                if is_guest and (len(links) != 1 or not re.fullmatch(expected, links[0])):
                    stage.fault(f"a mail in {language} leads to {links}")
            expect({language for language, is_guest in seen if is_guest} == set(LANGUAGES), f"mails were in {seen}")
        for language in LANGUAGES:
            follow(stage, program, language, by_address[seen[(language, True)]], booked[seen[(language, True)]])
        finds_out(stage, program, wanted)


def follow(stage, program, language, markup, booking):
    """The link of a mail opens the booking, in the language of the reader, and leaves no token in the address."""
    link = re.search(r'href="([^"]+)"', markup).group(1).replace("&amp;", "&")
    with stage.visit(program=program, language=language) as page:
        page.goto(link)
        page.wait_for_selector("h1 .badge")
        expect("token" not in page.url, f"the address holds the token: {page.url}")
        expect(page.evaluate("() => document.documentElement.lang") == language, f"{page.url} is not in {language}")
        expect(booking["number"] in page.inner_text("main"), f"{page.url} shows another booking than the mail")
        stage.picture(page, f"mail leads to {language}")


def finds_out(stage, program, wanted):
    """The negative control: the same names in a mail that does not escape them do something."""
    with stage.visit(program=program, is_expecting=True) as page:
        page.route("**/mail", lambda route: route.fulfill(
            status=200, headers={"content-type": "text/html; charset=utf-8"}, body=f"<!doctype html><p>{wanted[0]}"))
        page.goto("/mail")
        expect(page.watch.dialogs, "a mail that does not escape names was not found out")
