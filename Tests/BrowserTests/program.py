"""The program under test: served with the demo of a vertical, on a database and a port of its own."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

MANIFESTS = {
    "driving-school": "plugins.yaml",
    "clinic": "Host/Verticals/clinic/plugins.yaml",
    "retreat-centre": "Host/Verticals/retreat-centre/plugins.yaml",
}

# Whoever signs in forty times in a minute is a test.
MANIFEST = """extends: {base}
storage: {{backend: sqlite, path: browser.sqlite}}
mail: {{folder: mail}}
logging: {{level: warning}}
limits:
  login: {{perIdentifier: unlimited, perAddress: unlimited}}
  reset: {{perIdentifier: unlimited, perAddress: unlimited}}
{more}"""


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in; the guide prints them."""

    role: str
    email: str
    password: str


class Refused(Exception):
    """An answer of the API that is none of the 200s."""

    def __init__(self, method, path, status, text):
        super().__init__(f"{method} {path} answered {status}: {text[:500]}")
        self.status = status


class Program:
    """A served demo, which is ended by `end`."""

    def __init__(self, repository, almanac, vertical, folder, pages=None, more="", port=0):
        self.vertical = vertical
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        manifest = self.folder / "plugins.yaml"
        manifest.write_text(MANIFEST.format(base=Path(repository) / MANIFESTS[vertical], more=more))
        self._output = open(self.folder / "output", "w+b")
        self._errors = open(self.folder / "errors", "w+b")
        command = [str(almanac), "serve", "--demo", "--manifest", str(manifest), "--port", str(port)]
        if pages:
            command += ["--pages", str(pages)]
        self._process = subprocess.Popen(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._errors)
        self._tokens = {}
        # What checks have left in it, for those after them.
        self.planted = None
        self._read = 0
        try:
            self.guide = self._await_guide()
        except BaseException:
            self.end()
            raise
        self.address = re.search(r"^listening on (http://\S+)", self.guide, re.M).group(1)
        self.console = self._printed("Console") or f"{self.address}/console"
        self.booking = self._printed("Booking") or f"{self.address}/book"
        self.accounts = self._read_accounts()

    # How it is started and ended

    def _await_guide(self):
        """What it prints once it listens; the addresses of the pages come last."""
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            text = (self.folder / "output").read_text()
            if re.search(r"^Console: .*\n", text, re.M):
                # It is written at once, but may be read in two parts.
                time.sleep(0.05)
                return (self.folder / "output").read_text()
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{self.vertical} does not serve:\n{self.complaints()}")

    def complaints(self):
        """What it has written to its log since it was asked last, without what the demo says in passing."""
        with open(self.folder / "errors", errors="replace") as log:
            log.seek(self._read)
            lines = log.read().splitlines()
            self._read = log.tell()
        return "\n".join(line for line in lines if not line.startswith("loading the demo data"))

    @property
    def is_running(self):
        return self._process.poll() is None

    def end(self):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._output.close()
        self._errors.close()

    # What it has printed

    def _printed(self, word):
        found = re.search(rf"^{word}: +(http://\S+)", self.guide, re.M)
        return found.group(1) if found else None

    def _read_accounts(self):
        """The lines of accounts: what the trade calls the role, the address and the passphrase."""
        found = re.findall(r"^  (\S.*?) +(\S+@\S+) +(\S+)$", self.guide, re.M)
        assert len(found) >= 3, f"no accounts in the guide:\n{self.guide}"
        # The first is the admin's and the last a customer's, as in accounts.csv.
        words = [word for word, _, _ in found]
        roles = [
            "admin" if word == words[0] else "customer" if word == words[-1] else "provider" for word in words]
        return [Account(role, email, password) for role, (_, email, password) in zip(roles, found)]

    def account(self, role):
        return next(one for one in self.accounts if one.role == role)

    @cached_property
    def has_booking_pages(self):
        """Whether people can book on pages of its own; a deployment may be without the plugin that makes them."""
        try:
            with urllib.request.urlopen(self.booking, timeout=60) as answer:
                return answer.headers.get_content_type() == "text/html"
        except urllib.error.HTTPError:
            return False

    # Its API

    def token(self, role):
        """An access token; none for `None`."""
        if role is None:
            return None
        if role not in self._tokens:
            account = self.account(role)
            body = {"email": account.email, "password": account.password}
            self._tokens[role] = self.call("POST", "/auth/token", body=body)["accessToken"]
        return self._tokens[role]

    def call(self, method, path, body=None, role=None, version=None):
        """What the API answers, as JSON; `Refused` when it refuses."""
        url = self.address + "/api/v1" + path
        headers = {"Accept": "application/json", "Accept-Language": "en"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if role:
            headers["Authorization"] = f"Bearer {self.token(role)}"
        if version:
            headers["If-Match"] = version
        if method == "POST" and role:
            headers["Idempotency-Key"] = str(uuid.uuid4())
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                self.etag = answer.headers.get("ETag")
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise Refused(method, path, error.code, error.read().decode(errors="replace")) from None

    def items(self, path, role="admin"):
        """Every item of a list, page after page."""
        found, after = [], None
        while True:
            query = {"limit": 200} if "limit=" not in path else {}
            if after:
                query["after"] = after
            mark = "&" if "?" in path else "?"
            answer = self.call("GET", path + (mark + urllib.parse.urlencode(query) if query else ""), role=role)
            found += answer["items"]
            after = answer.get("next")
            if not after:
                return found
