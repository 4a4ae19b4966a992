"""What the console does: sign-in, permissions, actions that leave the audit entries of the API."""

import re

from pages import crawl, kind
from suite import check, expect


@check("signing in and out, with what is said when it fails", "retreat-centre")
def signing_in(stage):
    account = stage.program.account("admin")
    with stage.visit() as page:
        page.goto("/console/bookings")
        expect("/console/sign-in?next=" in page.url, f"nobody was asked to sign in: {page.url}")
        page.fill("#email", account.email)
        page.fill("#password", "wrong")
        page.click("button[type=submit]")
        page.wait_for_selector("[role=alert]")
        expect(page.input_value("#email") == account.email, "the address has to be typed again")
        page.fill("#password", account.password)
        page.click("button[type=submit]")
        page.wait_for_url("**/console/bookings")
        cookies = page.context.cookies()
        bare = [one["name"] for one in cookies if not one["httpOnly"] or one["sameSite"] != "Lax"]
        expect(not bare, f"scripts can read these cookies: {bare}")
        page.click("footer button, button:has-text('Sign out')")
        page.wait_for_url("**/console/sign-in")
        page.goto("/console/bookings")
        expect("/console/sign-in" in page.url, "somebody who has signed out is still signed in")


@check("nobody sees menu or page of what they may not do", "driving-school")
def permissions(stage):
    with stage.visit("admin") as page:
        places = crawl(stage, page)
        everything = {one.address for one in places if one.name == one.address}
    for role in ("provider", "customer"):
        with stage.visit(role) as page:
            page.goto("/console")
            offered = set(page.eval_on_selector_all(".menu a", "all => all.map(a => a.getAttribute('href'))"))
            kinds = {kind(address) for address in offered}
            hidden = [one for one in places if kind(one.address) not in kinds]
            expect(hidden, f"a {role} is offered everything that an administrator is")
            # Whoever may not see a list sees no item of it; forms and actions ask for permissions of their own.
            for place in hidden if stage.options.long else [one for one in hidden if re.search("console/[^ ]*( item)?$", one.name)]:
                status = page.goto(place.address).status
                if status not in (403, 404):
                    stage.fault(f"a {role} gets {status} at {place.address}, which no menu of theirs has")
            for address in sorted(offered & everything):
                status = page.goto(address).status
                if status != 200:
                    stage.fault(f"a {role} is offered {address}, which answers {status}")


def entries(program, **wanted):
    """What the audit log says, without what is bound to differ: when, which, from where."""
    found = program.call("GET", "/audit?limit=50", role="admin")["items"]
    return [one for one in found if all(one.get(key) == value for key, value in wanted.items())]


def shape(entry, names):
    """An entry with the names of its objects taken out."""
    text = {key: value for key, value in entry.items()
            if key not in ("id", "at", "sequence", "hash", "previous", "request", "requestId", "address", "session",
                           "position", "userAgent")}
    return replaced(text, names)


def replaced(value, names):
    if isinstance(value, dict):
        return {key: replaced(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [replaced(one, names) for one in value]
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, "…")
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", value)
    return value


@check("what is done in the console leaves the same audit entries as by the API", "clinic")
def audited_alike(stage):
    program = stage.program
    room = {"kind": "room", "capacity": 2}
    by_api = program.call("POST", "/resources", {"name": "By the API", **room}, role="admin")
    with stage.visit("admin") as page:
        page.goto("/console/resources/-/new")
        page.fill("[name='name']", "By the console")
        page.select_option("[name='kind']", "room")
        page.fill("[name='capacity']", "2")
        page.click("main .form-buttons button[type=submit]")
        page.wait_for_url(re.compile(r"/console/resources/[0-9a-f-]+\?did=made"))
        identity = page.url.rsplit("/", 1)[1].split("?")[0]
        page.goto(f"/console/resources/{identity}")
        page.click(".head-actions a.danger")
        page.wait_for_selector("dialog[open] .form-buttons button[type=submit]").click()
        page.wait_for_url(re.compile(r"did=acted"))
    program.call("GET", f"/resources/{by_api['id']}", role="admin")
    program.call("DELETE", f"/resources/{by_api['id']}", role="admin", version=program.etag)
    traces = {}
    for object_id in (by_api["id"], identity):
        traces[object_id] = [
            shape(one, ("By the API", "By the console", object_id)) for one in program.call(
                "GET", f"/audit?limit=50&objectType=resource&objectId={object_id}", role="admin")["items"]]
    expect(len(traces[identity]) == 2, f"the console left {len(traces[identity])} audit entries, not 2")
    expect(traces[identity] == traces[by_api["id"]],
           f"the entries differ:\n{traces[identity]}\n{traces[by_api['id']]}")


@check("a form that was filled in badly says what is wrong, at its fields", "retreat-centre")
def errors_at_fields(stage):
    with stage.visit("admin") as page:
        page.goto("/console/resources/-/new")
        page.click("main .form-buttons button[type=submit]")
        page.wait_for_selector("[role=alert]")
        wrong = page.eval_on_selector_all(
            "[aria-invalid=true]", "all => all.map(one => [one.name, one.getAttribute('aria-describedby')])")
        expect(wrong, "no field is marked as wrong")
        for name, described in wrong:
            text = " ".join(page.inner_text(f"[id='{one}']") for one in (described or "").split())
            expect(text.strip(), f"nothing says what is wrong with {name}")
        stage.picture(page, "/console/resources form with errors")


@check("rows of a list inside a list are added, filled in and removed, with and without scripts", "driving-school")
def rows_inside_rows(stage):
    types = stage.program.items("/event-types")
    place = f"/console/event-types/{types[-1]['id']}/edit"
    for has_scripts in (True, False):
        with stage.visit("admin", java_script_enabled=has_scripts) as page:
            page.goto(place)
            labels = page.eval_on_selector_all("main form .field > label", "all => all.map(one => one.textContent)") if has_scripts else []
            tops = [one for one in labels if "pproval" in one]
            expect(len(set(tops)) == len(tops), f"two controls are called the same: {tops}")
            rows = page.locator("[data-rows=requirements] > .row")
            before = rows.count()
            page.click("button[name=rows-add][value=requirements]")
            row = page.locator(f"[data-rows=requirements] > .row:nth-of-type({before + 1})")
            row.wait_for()
            page.select_option(f"[name='requirements.{before}.kind']", "room")
            page.click(f"button[name=rows-add][value='requirements.{before}.allOf']")
            page.wait_for_selector(f"[name='requirements.{before}.allOf.0.name']")
            page.fill(f"[name='requirements.{before}.allOf.0.name']", "floor")
            expect(page.input_value(f"[name='requirements.{before}.kind']") == "room", "what was chosen is lost")
            if has_scripts:
                focused = page.evaluate("() => document.activeElement.name")
                expect(focused == f"requirements.{before}.allOf.0.name", f"the focus is on {focused}")
            page.click(f"button[name=rows-remove][value='requirements.{before}']")
            page.wait_for_selector(f"[name='requirements.{before}.kind']", state="detached")
            expect(rows.count() == before, f"there are {rows.count()} rows, not {before}")
            expect(page.url.endswith("/edit"), f"one is at {page.url}")
