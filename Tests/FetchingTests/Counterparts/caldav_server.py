"""A real Radicale on a free port of this machine, with the user anna (password: geheim), a calendar and a list of tasks
of hers.

    caldav_server.py FOLDER

In the calendar stand a meeting, a series of which one time is moved and one is left out, and something long ago. It
prints its port; requests are answered by Radicale alone.
"""

import base64
import http.client
import json
import os
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from socketserver import ThreadingMixIn

import radicale.app
import radicale.config

folder = sys.argv[1]
users = os.path.join(folder, "users")
with open(users, "w") as file:
    file.write("anna:geheim\n")

configuration = radicale.config.load()
configuration.update({
    "auth": {"type": "htpasswd", "htpasswd_filename": users, "htpasswd_encryption": "plain", "delay": "0"},
    "storage": {"filesystem_folder": os.path.join(folder, "collections")},
    "rights": {"type": "owner_only"},
}, "test", privileged=True)
application = radicale.app.Application(configuration)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Handler(WSGIRequestHandler):
    def log_message(self, *_):
        pass


EVENTS = {
    "meeting": ["UID:meeting", "DTSTART;TZID=Europe/Berlin:20260303T100000", "DURATION:PT2H"],
    "past": ["UID:past", "DTSTART:20200303T100000Z", "DURATION:PT2H"],
    "series": [
        "UID:series", "DTSTART:20260304T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20260305T090000Z",
        "END:VEVENT", "BEGIN:VEVENT", "DTSTAMP:20260101T000000Z", "UID:series", "RECURRENCE-ID:20260306T090000Z",
        "DTSTART:20260306T140000Z", "DURATION:PT1H",
    ],
}
AUTHORIZATION = {"Authorization": "Basic " + base64.b64encode(b"anna:geheim").decode()}


def fill(port):
    """Puts the events where they belong, as a calendar program does."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def send(method, path, body=""):
        connection.request(method, path, body.encode(), AUTHORIZATION | {"Content-Type": "text/calendar"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, (method, path, answer.status)

    def collection(path, name, component):
        send("MKCALENDAR", path, f"""<?xml version="1.0" encoding="utf-8"?>
            <C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
            <D:displayname>{name}</D:displayname>
            <C:supported-calendar-component-set><C:comp name="{component}"/></C:supported-calendar-component-set>
            </D:prop></D:set></C:mkcalendar>""")

    collection("/anna/work/", "Arbeit &amp; mehr", "VEVENT")
    collection("/anna/tasks/", "Aufgaben", "VTODO")
    for name, lines in EVENTS.items():
        text = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", "BEGIN:VEVENT", "DTSTAMP:20260101T000000Z"]
        send("PUT", f"/anna/work/{name}.ics", "\r\n".join(text + lines + ["END:VEVENT", "END:VCALENDAR", ""]))


server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Handler)
thread = threading.Thread(target=server.serve_forever, daemon=True)
thread.start()
fill(server.server_port)
print(json.dumps({"port": server.server_port}), flush=True)
try:
    thread.join()
except KeyboardInterrupt:
    sys.exit(0)
