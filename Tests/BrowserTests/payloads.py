"""The texts of Tests/Corpora/xss.txt, and who they are given to."""

from itertools import cycle, islice
from pathlib import Path

from program import Refused

CORPUS = Path(__file__).resolve().parents[1] / "Corpora" / "xss.txt"


def corpus():
    """Texts that do something on a page that does not escape them."""
    lines = CORPUS.read_text(encoding="utf-8").split("\n")
    found = [line for line in lines if line and not line.startswith("# ")]
    assert len(found) >= 100, f"{CORPUS} has {len(found)} payloads only"
    return found


def chunks(items, size):
    return [items[start:start + size] for start in range(0, len(items), size)]


def short(text, length):
    """What fits of a payload: one that is cut off proves nothing, so that another takes its place."""
    return text if len(text) <= length else "<img src=x onerror=alert(1)>"[:length]


class Planting:
    """Writes payloads by the API wherever it takes text; keeps what was refused."""

    def __init__(self, program, texts):
        self.program = program
        self.texts = texts
        self.made = {}
        self.refused = []

    def plant(self, kind, path, body):
        try:
            answer = self.program.call("POST", path, body, role="admin")
        except Refused as refusal:
            if refusal.status >= 500:
                raise
            self.refused.append(f"{kind}: {refusal}")
            return None
        self.made.setdefault(kind, []).append(answer)
        return answer

    def everywhere(self, providers):
        """Each text as the name of a customer; of everything else as many as it takes to use each once."""
        program, texts = self.program, self.texts
        for number, text in enumerate(texts):
            other = texts[(number * 7 + 3) % len(texts)]
            self.plant("customers", "/customers", {
                "givenName": short(text, 200), "familyName": short(other, 200),
                "email": f"xss-{number}@example.org", "locale": "en"})
        for part in chunks(texts, 7):
            filled = list(islice(cycle(part), 7))
            self.plant("locations", "/locations", {
                "name": short(filled[0], 200), "addressLines": [short(one, 200) for one in filled[1:]]})
        for part in chunks(texts, 16):
            self.plant("providers", "/providers", {
                "givenName": short(part[0], 200), "familyName": short(part[-1], 200), "bio": "\n".join(part)[:4000]})
        for number, part in enumerate(chunks(texts, 4)):
            filled = list(islice(cycle(part), 4))
            self.plant("event-types", "/event-types", {
                "slug": f"xss-{number}", "durationMinutes": 30, "price": {"amount": 100, "currency": "EUR"},
                "providers": [providers[0]], "allowsGuests": True,
                "name": {"en": short(filled[0], 200), "de": short(filled[1], 200), "fr": short(filled[2], 200)}})
            if number < 25:
                self.plant("resources", "/resources", {
                    "kind": "room", "name": short(filled[3], 200),
                    "attributes": [{"name": short(filled[0], 63), "value": short(filled[1], 63)}]})
                self.plant("roles", "/roles", {
                    "name": f"xss-{number}", "title": short(filled[1], 100), "summary": " ".join(filled)[:500]})
                self.plant("api-keys", "/api-keys", {
                    "name": short(filled[2], 100), "scopes": ["bookings:read"], "expiresInDays": 30})
                self.plant("invitations", "/users/invitations", {
                    "email": f"xss-{number}@example.com", "givenName": short(filled[0], 200),
                    "familyName": short(filled[1], 200), "roles": ["customer"]})
