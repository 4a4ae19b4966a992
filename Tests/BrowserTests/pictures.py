"""The pictures of the README: one of each vertical, small enough to be looked at on the way."""

from datetime import date, timedelta

# A picture of a page is mostly one color, but they add up.
MOST = 150 * 1024


def monday():
    """The first day of the next week, which the demo has filled."""
    today = date.today()
    return today + timedelta(days=7 - today.weekday())


def lanes(program, kind, names):
    """The part of the calendar's address that chooses whose time is shown."""
    found = {one["name"]: one["id"] for one in program.items(f"/{kind}")}
    return "".join(f"&{kind}={found[name]}" for name in names)


def address(stage):
    """What is worth a picture of a vertical."""
    program, day = stage.program, monday()
    if stage.vertical == "driving-school":
        return f"/console/calendar?view=week&date={day}" + lanes(program, "providers", ["Katrin Brandt"])
    if stage.vertical == "clinic":
        doctors = [one["name"] for one in program.items("/providers")]
        return f"/console/calendar?view=day&date={pending_day(program, day)}" + lanes(program, "providers", doctors)
    return "/book"


def pending_day(program, day):
    """A day on which somebody waits for an answer."""
    waiting = program.items("/bookings?status=pending&limit=100")
    return min((one["start"][:10] for one in waiting), default=day.isoformat())


def take(stage, folder):
    """Writes the picture of a vertical."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{stage.vertical}.png"
    role = None if stage.vertical == "retreat-centre" else "admin"
    for height in (860, 760, 660, 560):
        with stage.visit(role, width=1280, height=height, reduced_motion="reduce") as page:
            page.goto(address(stage))
            if stage.vertical == "retreat-centre":
                # What has seats, and what is full.
                page.locator("section:has(> .dates)").screenshot(path=file, animations="disabled")
                return file
            main = page.locator("main").bounding_box()
            # What is around it, as the menu, is the same on every page.
            page.screenshot(path=file, animations="disabled", clip={
                "x": main["x"], "y": main["y"], "width": main["width"],
                "height": min(main["height"], height - main["y"])})
        if file.stat().st_size <= MOST:
            return file
    return file
