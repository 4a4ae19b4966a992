"""Aims generated requests at what they may use up, so that they do something and do not end the run's own session.

A made-up identifier is hardly ever that of anything, and where schemathesis takes one from an answer it may be the
administrator's, whose session the run needs. So operations on users and sessions are about those that scripts/fuzz has
made for this, and bookings are of lessons, instructors, students and times that there are. The environment says where
the API is, who calls and who is expendable.
"""

import datetime
import itertools
import json
import os
import urllib.error
import urllib.request

import schemathesis

API = os.environ["ALMANAC_FUZZ_API"]


def answer(method, path, token=None, body=None):
    """The answer to a request, which has to succeed."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def sign_in(email, password):
    """The tokens of another session of somebody."""
    return answer("POST", "/auth/token", body={"email": email, "password": password})


def new_session(email, password):
    """Another session of somebody: its identifier."""
    sessions = answer("GET", "/me/sessions?limit=200", sign_in(email, password)["accessToken"])["items"]
    return next(one["id"] for one in sessions if one["current"])


TOKEN = os.environ["ALMANAC_FUZZ_TOKEN"]
ADMINISTRATOR = answer("GET", "/me", TOKEN)["user"]
STUDENT = json.loads(os.environ["ALMANAC_FUZZ_STUDENT"])
# As scripts/fuzz prints them: {"id": …, "email": …, "password": …}, one a line.
EXPENDABLE = [json.loads(line) for line in os.environ["ALMANAC_FUZZ_EXPENDABLE"].splitlines()]
# Who is taken out of the organization does not come back; everything else can be undone or done again.
REMOVABLE, LASTING = EXPENDABLE[::2], EXPENDABLE[1::2]


def users(people):
    return itertools.cycle([{"id": one["id"]} for one in people])


def sessions(people):
    return itertools.cycle(
        [{"id": one["id"], "session": new_session(one["email"], one["password"])} for one in people for _ in range(3)]
    )


# Two weeks that begin tomorrow, so that no time of them is over before the run is.
TODAY = datetime.date.today()
DAYS = {"from": str(TODAY + datetime.timedelta(1)), "to": str(TODAY + datetime.timedelta(14))}
LESSON = answer("GET", "/event-types?limit=1", TOKEN)["items"][0]["id"]
SLOTS = answer("GET", f"/slots?eventType={LESSON}&from={DAYS['from']}&to={DAYS['to']}", TOKEN)["items"]
CUSTOMER = answer("GET", "/customers?limit=1", TOKEN)["items"][0]["id"]
PROVIDER = SLOTS[0]["provider"]
TIMES = itertools.cycle([{"provider": one["provider"], "start": one["start"]} for one in SLOTS])


def wish():
    """What a booking is of; taken when somebody has been given its time before."""
    return {"eventType": LESSON, "customer": CUSTOMER, **next(TIMES)}


def booking():
    """A booking of a time that is free."""
    while True:
        try:
            return answer("POST", "/bookings", TOKEN, wish())["id"]
        except urllib.error.HTTPError as refusal:
            if refusal.code != 409:
                raise


# What the path of an operation names, in turn.
lasting = users(LASTING)
bookings = itertools.cycle([{"id": booking()} for _ in range(12)])
TARGETS = {
    "bookings.read": bookings,
    "bookings.cancel": bookings,
    "bookings.reschedule": bookings,
    "kernel.users.read": lasting,
    "kernel.users.change": lasting,
    "kernel.users.remove": users(REMOVABLE),
    "kernel.users.set-roles": lasting,
    "kernel.users.add-role": lasting,
    # The role too: schemathesis escapes what it has made up, and takes what is longer then for too long.
    "kernel.users.remove-role": itertools.cycle(
        [{"id": one["id"], "role": role} for one in LASTING for role in ("customer", "provider")]
    ),
    "kernel.users.sessions": lasting,
    "kernel.users.end-sessions": users(REMOVABLE),
    "kernel.users.end-session": sessions(LASTING),
    "kernel.users.impersonate": lasting,
    "kernel.grants.list": lasting,
    "kernel.grants.add": lasting,
    "kernel.settings.read": itertools.cycle([{"plugin": "bookings"}]),
    "kernel.settings.change": itertools.cycle([{"plugin": "bookings"}]),
    # By the student, who calls this one; see schemathesis.toml.
    "kernel.sessions.revoke": itertools.cycle([{"id": new_session(**STUDENT)} for _ in range(10)]),
}

REFRESH = itertools.cycle([sign_in(**STUDENT)["refreshToken"] for _ in range(10)])

# What a body or a query has to name, so that the request can succeed; everything else stays as it was generated.
FIELDS = {
    "bookings.create": wish,
    "bookings.reschedule": lambda: {"start": next(TIMES)["start"]},
    "blocked-times.create": lambda: {
        "provider": PROVIDER,
        "start": f"{DAYS['to']}T20:00:00Z",
        "end": f"{DAYS['to']}T21:00:00Z",
    },
    "event-types.create": lambda: {"providers": [PROVIDER], "price": {"amount": 4500, "currency": "EUR"}},
    "slots.list": lambda: {"eventType": LESSON, **DAYS},
    "kernel.refresh": lambda: {"refreshToken": next(REFRESH)},
    "kernel.consents.record": lambda: {"purpose": "newsletter"},
    "kernel.access.explain": lambda: {"user": LASTING[0]["id"], "permission": "bookings:read"},
    "kernel.api-keys.create": lambda: {"scopes": ["bookings:read"]},
    "kernel.grants.add": lambda: {"permission": "bookings:read", "expiresAt": f"{DAYS['to']}T00:00:00Z"},
}

# What is answered for as long as somebody listens: what is there is sent, and nobody waits for what will ever come.
LIVE = {"inbox.follow"}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Aims a request, unless it is meant to be wrong or follows from an answer; none is about the administrator."""
    operation = case.operation.definition.raw.get("operationId")
    if operation in LIVE and isinstance(case.query, dict):
        is_wrong = case.meta is not None and case.meta.generation.mode.is_negative
        case.query["forSeconds"] = case.query.get("forSeconds", 0) if is_wrong else 0
    if case.meta is None:
        return
    is_aimed = case.meta.generation.mode.is_positive and case.meta.phase.name.value != "stateful"
    if operation in TARGETS and (is_aimed or case.path_parameters.get("id") == ADMINISTRATOR):
        case.path_parameters.update(next(TARGETS[operation]))
    if is_aimed and operation in FIELDS:
        fields = case.query if case.method == "GET" else case.body
        if isinstance(fields, dict):
            fields.update(FIELDS[operation]())
