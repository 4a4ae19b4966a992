"""A site of somebody else's, for what is shown on other sites than ours."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A shop</title><link rel="icon" href="data:,"></head>
<body><h1>A shop</h1>%s<p>The end.</p></body></html>"""


class ForeignSite:
    """Serves pages on a loopback address of its own: browsers tell sites apart by hosts, and not by ports.

    Its policy allows what the README of the booking pages says, and nothing inline.
    """

    def __init__(self, host):
        pages = self._pages = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                found = pages.get(self.path)
                body = (PAGE % found[0]).encode() if found else b""
                self.send_response(200 if found else 404)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(body)))
                if found:
                    self.send_header(
                        "content-security-policy",
                        f"default-src 'none'; img-src data:; script-src {found[1]}; frame-src {found[1]}")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer((host, 0), Handler)
        self.origin = f"http://{host}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def show(self, path, markup, allowed):
        """Shows markup under a path, where an origin is allowed to bring scripts and frames; gives the address."""
        self._pages[path] = (markup, allowed)
        return self.origin + path

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._server.shutdown()
        self._server.server_close()
