"""A web server for tests that answers as its path says, and prints a JSON line for each request.

    web_server.py

/status/N            the status N
/size/N              N bytes
/slow/N              N seconds of silence before an answer
/drip                an answer that never ends, a byte now and then
/calendar            a calendar with an ETag, 304 to whoever names it
/secured             a calendar for anna with the password geheim
/to?where=ADDRESS    a redirect with the status of `status`, 302 unless stated
/around              a redirect to itself
"""

import base64
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CALENDAR = "\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", "BEGIN:VEVENT", "UID:meeting@example.org",
    "DTSTAMP:20260101T000000Z", "DTSTART;TZID=Europe/Berlin:20260303T100000", "DURATION:PT2H", "END:VEVENT",
    "END:VCALENDAR", "",
]).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        print(json.dumps({
            "request": parts.path, "method": self.command, "host": self.headers.get("Host"),
            "authorization": self.headers.get("Authorization") or "",
        }), flush=True)
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        segments = parts.path.strip("/").split("/")
        match segments:
            case ["status", number]:
                self.answer(int(number))
            case ["size", number]:
                self.answer(200, b"x" * int(number))
            case ["slow", number]:
                time.sleep(float(number))
                self.answer(200)
            case ["drip"]:
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    while True:
                        self.wfile.write(b"1\r\nx\r\n")
                        self.wfile.flush()
                        time.sleep(0.2)
                except OSError:
                    self.close_connection = True
            case ["calendar"]:
                if self.headers.get("If-None-Match") == '"one"':
                    self.answer(304, ETag='"one"')
                else:
                    self.answer(200, CALENDAR, ETag='"one"', Content_Type="text/calendar")
            case ["secured"]:
                wanted = "Basic " + base64.b64encode("anna:geheim".encode()).decode()
                if self.headers.get("Authorization") == wanted:
                    self.answer(200, CALENDAR)
                else:
                    self.answer(401, WWW_Authenticate="Basic")
            case ["to"]:
                self.answer(int(query.get("status", "302")), Location=query["where"])
            case ["around"]:
                self.answer(302, Location="/around")
            case _:
                self.answer(404)

    do_REPORT = do_GET


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(json.dumps({"port": server.server_address[1]}), flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    sys.exit(0)
