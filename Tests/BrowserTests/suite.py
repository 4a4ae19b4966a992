"""Checks, and the stage on which they are played."""

import re
import tempfile
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from program import Program
from watch import Watch

REPOSITORY = Path(__file__).resolve().parents[2]

VERTICALS = ("driving-school", "clinic", "retreat-centre")
CHECKS = []


@dataclass(frozen=True)
class Check:
    title: str
    function: object
    verticals: tuple
    is_long: bool

    def is_wanted(self, vertical, is_long):
        """Whether it is played with a vertical; in a long run everything is, everywhere."""
        return is_long or (vertical in self.verticals and not self.is_long)


def check(title, *verticals, long=False):
    """Declares a check: a function of a stage, which raises or calls `stage.fault` for what is wrong.

    One that would find the same everywhere names the verticals with which it is played unless the run is a long one.
    """

    def declare(function):
        CHECKS.append(Check(title, function, verticals or VERTICALS, long))
        return function

    return declare


class Failed(AssertionError):
    """What a check expected and did not find."""


class Skipped(Exception):
    """Why there is nothing to check."""


def expect(condition, text):
    if not condition:
        raise Failed(text)


class Stage:
    """A program, a browser, and what a check has found so far."""

    def __init__(self, program, browser, options):
        self.program = program
        self.browser = browser
        self.options = options
        self.vertical = program.vertical
        self.pictures = options.folder / program.vertical
        self.faults = []
        self.notes = []
        self.places = None
        self._states = {}
        self._number = 0

    # Faults

    def fault(self, text):
        """Something is wrong, and the check goes on."""
        if text not in self.faults:
            self.faults.append(text)

    def note(self, text):
        """Something that is worth a line and no fault."""
        if text not in self.notes:
            self.notes.append(text)

    def require_booking_pages(self):
        """Ends the check where nobody can book on pages."""
        if not self.program.has_booking_pages:
            raise Skipped("there are no booking pages")

    # Programs

    @contextmanager
    def served(self, more, port=0):
        """Another program with the same demo, whose manifest says more."""
        with tempfile.TemporaryDirectory(prefix="almanac-browser.") as folder:
            program = Program(
                REPOSITORY, self.options.almanac, self.vertical, folder, self.options.pages, more, port)
            try:
                yield program
                complaints = program.complaints()
                if complaints:
                    self.fault(f"the program complained:\n{complaints[:2000]}")
            finally:
                program.end()

    # Contexts

    @contextmanager
    def visit(
            self, role=None, width=1440, height=900, language="en", is_expecting=False, program=None, others=(),
            **options):
        """A page of a context of its own, signed in to the console as somebody, and watched.

        Of another program than the stage's nobody is signed in to. `others` are origins that it may go to as well.
        """
        state = self._state(role) if role else None
        address = (program or self.program).address
        context = self.browser.new_context(
            base_url=address, viewport={"width": width, "height": height}, locale=language,
            storage_state=state, accept_downloads=True, **options)
        context.set_default_timeout(15_000)
        watch = Watch(context, address, others)
        if is_expecting:
            watch.expecting()
        page = context.new_page()
        page.watch = watch
        try:
            yield page
        except BaseException:
            self._keep_failure(page)
            raise
        finally:
            for fault in watch.faults:
                self.fault(fault)
            context.close()

    def _state(self, role):
        """The cookies of a session, which is renewed in time: its refresh token works once."""
        kept = self._states.get(role)
        if kept is None or kept[1] < time.monotonic():
            context = self.browser.new_context(base_url=self.program.address, locale="en")
            page = context.new_page()
            account = self.program.account(role)
            page.goto(self.program.console)
            page.fill("#email", account.email)
            page.fill("#password", account.password)
            with page.expect_navigation():
                page.click("button[type=submit]")
            expect("/sign-in" not in page.url, f"{account.email} cannot sign in to the console: {page.url}")
            kept = (context.storage_state(), time.monotonic() + 240)
            self._states[role] = kept
            context.close()
        return kept[0]

    # Pictures

    def picture(self, page, name, full=True):
        """Keeps what the page looks like."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=self.pictures / f"{slug(name)}.png", full_page=full, animations="disabled")

    def _keep_failure(self, page):
        try:
            self._number += 1
            self.picture(page, f"failure-{self._number}-{urlsplit(page.url).path}")
        except Exception:
            pass

    # Playing

    def play(self, one):
        """Plays a check, and says what is wrong; nothing when all is well."""
        self.faults = []
        began = time.monotonic()
        try:
            one.function(self)
        except Skipped as skipped:
            self.note(str(skipped))
        except Failed as failure:
            self.faults.append(str(failure))
        except Exception:
            self.faults.append(traceback.format_exc(limit=-4).strip())
        complaints = self.program.complaints()
        if complaints:
            self.faults.append(f"the program complained:\n{complaints[:2000]}")
        return self.faults, time.monotonic() - began


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:90] or "root"
