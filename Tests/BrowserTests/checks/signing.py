"""Signing in with more than a password: a second factor, and a provider of others' making."""

import base64
import hmac
import io
import json
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import zxingcpp
from PIL import Image

from checks.pages import look
from program import Program
from suite import Stage, check, expect

REPOSITORY = Path(__file__).resolve().parents[3]
PROVIDER = REPOSITORY / "Tests/AcceptanceTests/Counterparts/mock_provider.py"


def one_time_code(key, steps=0):
    """What an authenticator app shows (RFC 6238), so many half minutes from now."""
    letters = key.replace(" ", "")
    secret = base64.b32decode(letters + "=" * (-len(letters) % 8))
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(secret, counter, "sha1")
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place:place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def scanned(picture):
    """What a phone reads that is held before a picture: the texts of its QR codes."""
    return [one.text for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))]


def sign_in(page, account):
    page.goto("/console/sign-in")
    page.fill("#email", account.email)
    page.fill("#password", account.password)
    with page.expect_navigation():
        page.click("button[type=submit]")


@check("a second factor is set up in the console, asked for when signing in, and turned off", "clinic")
def second_factor(stage):
    # Turning it on ends the other sessions of the account: one that no other check has.
    account = [one for one in stage.program.accounts if one.role == "provider"][-1]
    stage._states.pop("provider", None)
    with stage.visit(reduced_motion="reduce") as page:
        sign_in(page, account)
        page.click(".who-name")
        page.wait_for_url("**/console/account")
        look(stage, page, "/console/account off")
        page.fill("#password", "wrong")
        page.click("button[value=set-up]")
        page.wait_for_selector("[role=alert]")
        page.fill("#password", account.password)
        page.click("button[value=set-up]")
        key = page.wait_for_selector(".secret pre").inner_text()
        look(stage, page, "/console/account key")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            seen = scanned(page.locator(".secret svg").screenshot())
            expect(seen == [page.get_attribute(".secret pre a", "href")], f"who scans the {scheme} code reads {seen}")
        page.emulate_media(color_scheme="light")
        page.fill("#code", one_time_code(key))
        page.click("button[value=confirm]")
        page.wait_for_selector("h1:has-text('Recovery codes')")
        codes = page.inner_text(".secret pre").split()
        expect(len(codes) >= 8, f"there are {len(codes)} recovery codes")
        look(stage, page, "/console/account codes")
    with stage.visit(reduced_motion="reduce") as page:
        sign_in(page, account)
        page.wait_for_selector("#code")
        look(stage, page, "/console/sign-in code")
        page.fill("#password", account.password)
        page.fill("#code", "000000")
        page.click("button[type=submit]")
        page.wait_for_selector("[role=alert]")
        page.fill("#password", account.password)
        # A code works once, and this half minute's has been used.
        page.fill("#code", one_time_code(key, 1))
        with page.expect_navigation():
            page.click("button[type=submit]")
        expect("/sign-in" not in page.url, f"the code was not taken: {page.url}")
        page.goto("/console/account")
        look(stage, page, "/console/account on")
        page.fill("#password", account.password)
        page.click("button[value=remove]")
        page.wait_for_url("**/console/account?did=saved")
    with stage.visit() as page:
        sign_in(page, account)
        expect("/sign-in" not in page.url, "the second factor is still asked for")


@contextmanager
def provider():
    """A provider at a port of its own; that port."""
    process = subprocess.Popen([sys.executable, str(PROVIDER)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield json.loads(process.stdout.readline())["port"]
    finally:
        process.terminate()
        process.wait(10)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@check("somebody signs in through a provider, and who breaks off comes back to the sign-in page", "driving-school")
def through_provider(stage):
    with provider() as issuer, tempfile.TemporaryDirectory(prefix="almanac-oidc.") as folder:
        secret = Path(folder) / "client-secret"
        secret.write_text("s3cret")
        secret.chmod(0o600)
        port = free_port()
        more = (
            f"accounts: {{registration: open, publicURL: \"http://127.0.0.1:{port}\"}}\n"
            f"oidc:\n  providers:\n    mock: {{name: Mock, issuer: \"http://127.0.0.1:{issuer}\", clientID: school, "
            f"clientSecret: \"${{file:{secret}}}\", makeAccounts: true}}\n")
        program = Program(
            REPOSITORY, stage.options.almanac, stage.vertical, Path(folder) / "program", stage.options.pages, more, port)
        other = Stage(program, stage.browser, stage.options)
        try:
            with other.visit(reduced_motion="reduce") as page:
                page.goto("/console/sign-in")
                look(other, page, "/console/sign-in provider")
            # What the provider's pages do is their own.
            with other.visit(is_expecting=True) as page:
                page.route("**/*jsdelivr*/**", lambda route: route.abort())
                page.goto("/console/sign-in?next=/console/account")
                page.click("button:has-text('Continue with Mock')")
                page.click("button[value=deny]")
                page.wait_for_selector("[role=alert]")
                expect("/console/" in page.url and page.url.startswith(program.address), f"one is lost at {page.url}")
                page.goto("/console/sign-in?next=/console/account")
                page.click("button:has-text('Continue with Mock')")
                page.fill("input[name=sub]", "nora")
                page.click("button:has-text('Authorize')")
                page.wait_for_url(f"{program.address}/console/account*")
                expect("Nora" in page.inner_text(".who-name"), "it does not say who has signed in")
        finally:
            program.end()
            for fault in other.faults:
                stage.fault(fault)
