"""Starts oidc-provider-mock (PyPI) on a free port and says which."""

import json
import sys

from oidc_provider_mock import User, app
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    def log(self, *details):
        pass


# Everything that somebody could hope to be let in by: the address of another one's account, said to be verified.
claims = {"email": "office@school.example.org", "email_verified": True}
users = [
    User(sub="clara", claims=claims),
    User(sub="nora", claims={"email": "nora@example.org", "email_verified": True, "given_name": "Nora"}),
    User(sub="shy"),
]
server = make_server("127.0.0.1", 0, app(user_claims=users), True, request_handler=Quiet)
sys.stdout.write(json.dumps({"port": server.server_port}) + "\n")
sys.stdout.flush()
server.serve_forever()
