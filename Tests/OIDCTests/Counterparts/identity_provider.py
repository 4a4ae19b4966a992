"""An OpenID provider for tests, honest or not: whatever stands in a code decides what it answers for it.

A code is base64url of a JSON object: `challenge` (what the client sent when it sent its user), `claims` for the ID token,
and `trick`, the name of something that it does wrong. Honest providers refuse a wrong verifier, a wrong client and a wrong
redirect address; so does this one. `userinfo` in a code is what its user info says. It prints a JSON line for each request.

    identity_provider.py [--description NAME=VALUE]…

POST /rotate makes it sign with a new key; POST /break makes it answer 503 to all that follows but POST /mend.
"""

import argparse
import base64
import hashlib
import hmac
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote_plus

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CLIENT, SECRET, REDIRECT = "school", "s3cret &+%:", "https://book.example/auth/oidc/test/callback"


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Keys:
    def __init__(self, name):
        self.name = name
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.ed = ed25519.Ed25519PrivateKey.generate()

    def public(self):
        rsa_numbers, ec_numbers = self.rsa.public_key().public_numbers(), self.ec.public_key().public_numbers()
        ed = self.ed.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return [
            {"kty": "RSA", "use": "sig", "kid": f"{self.name}-rsa", "n": number(rsa_numbers.n), "e": number(rsa_numbers.e)},
            {"kty": "EC", "alg": "ES256", "kid": f"{self.name}-ec", "crv": "P-256"}
            | {"x": encode(ec_numbers.x.to_bytes(32, "big")), "y": encode(ec_numbers.y.to_bytes(32, "big"))},
            {"kty": "OKP", "kid": f"{self.name}-ed", "crv": "Ed25519", "x": encode(ed)},
            # What a client cannot use must not keep it from using the rest.
            {"kty": "RSA", "use": "enc", "kid": f"{self.name}-enc", "n": number(rsa_numbers.n), "e": "AQAB"},
            {"kty": "unheard-of", "kid": f"{self.name}-odd"},
        ]

    def sign(self, algorithm, data):
        if algorithm == "RS256":
            return self.rsa.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if algorithm == "PS256":
            return self.rsa.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        if algorithm == "ES256":
            r, s = decode_dss_signature(self.ec.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if algorithm == "EdDSA":
            return self.ed.sign(data)
        if algorithm == "HS256":
            # The old trick: the public key as the shared secret.
            pem = self.rsa.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            return hmac.new(pem, data, hashlib.sha256).digest()
        return b""

    def key_id(self, algorithm):
        return self.name + {"ES256": "-ec", "EdDSA": "-ed"}.get(algorithm, "-rsa")


def token(order):
    trick = order.get("trick", "")
    algorithm = order.get("alg", "RS256")
    signer = Keys("stranger") if trick == "stranger" else keys
    header = {"alg": algorithm, "typ": "JWT", "kid": signer.key_id(algorithm)}
    header |= order.get("header", {})
    for name in order.get("without", []):
        header.pop(name, None)
    parts = encode(json.dumps(header).encode()) + "." + encode(json.dumps(order["claims"]).encode())
    signature = signer.sign(algorithm, parts.encode())
    if trick == "changed":
        claims = order["claims"] | {"sub": "somebody else"}
        parts = parts.split(".")[0] + "." + encode(json.dumps(claims).encode())
    if trick == "doubled":
        payload = json.dumps(order["claims"])[:-1] + ', "sub": "somebody else"}'
        parts = parts.split(".")[0] + "." + encode(payload.encode())
        signature = signer.sign(algorithm, parts.encode())
    return parts + "." + encode(signature)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *details):
        pass

    def answer(self, status, document, headers=()):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_request(self):
        global keys, broken
        length = int(self.headers.get("Content-Length") or 0)
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        report({"request": self.path})
        if self.path == "/rotate":
            keys = Keys("second")
        if self.path in ("/break", "/mend"):
            broken = self.path == "/break"
        if self.path in ("/rotate", "/break", "/mend"):
            return self.answer(200, {})
        if broken:
            return self.answer(503, {})
        if self.path == "/.well-known/openid-configuration":
            return self.answer(200, description())
        if self.path == "/elsewhere":
            return self.answer(302, {}, [("Location", issuer() + "/keys")])
        if self.path == "/large":
            return self.answer(200, b'{"keys": [' + b'"' + b"x" * 400_000 + b'"]}')
        if self.path == "/keys":
            return self.answer(200, {"keys": keys.public()})
        if self.path == "/userinfo":
            return self.answer(*self.user_info())
        if self.path == "/token":
            return self.answer(*self.exchange(form))
        return self.answer(404, {})

    def user_info(self):
        scheme, _, access = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return 401, {}
        return 200, json.loads(decode(access)).get("userinfo", {})

    do_GET = do_POST = handle_request

    def exchange(self, form):
        scheme, _, credentials = self.headers.get("Authorization", "").partition(" ")
        given = [form.get("client_id", ""), form.get("client_secret", "")]
        if scheme == "Basic":
            given = [unquote_plus(part) for part in base64.b64decode(credentials).decode().split(":", 1)]
        if given != [CLIENT, SECRET]:
            return 401, {"error": "invalid_client"}
        if form.get("grant_type") != "authorization_code" or form.get("redirect_uri") != REDIRECT:
            return 400, {"error": "invalid_request"}
        try:
            order = json.loads(decode(form.get("code", "")))
        except ValueError:
            return 400, {"error": "invalid_grant"}
        verifier = form.get("code_verifier", "")
        if not 43 <= len(verifier) <= 128 or encode(hashlib.sha256(verifier.encode()).digest()) != order["challenge"]:
            return 400, {"error": "invalid_grant"}
        if order.get("trick") == "no token":
            return 200, {"access_token": "x", "token_type": "Bearer"}
        if "token" in order:
            return 200, {"access_token": "x", "token_type": "Bearer", "id_token": order["token"]}
        # The access token is the code again, so that the user info says what the code orders.
        return 200, {"access_token": form["code"], "token_type": "Bearer", "id_token": token(order)}


def issuer():
    return f"http://127.0.0.1:{server.server_address[1]}"


def description():
    document = {
        "issuer": issuer(),
        "authorization_endpoint": issuer() + "/authorize?tenant=1",
        "token_endpoint": issuer() + "/token",
        "jwks_uri": issuer() + "/keys",
        "authorization_response_iss_parameter_supported": True,
    }
    return document | {name: json.loads(value.replace("ISSUER", issuer())) for name, value in changes}


def report(event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


parser = argparse.ArgumentParser()
parser.add_argument("--description", action="append", default=[])
changes = [change.split("=", 1) for change in parser.parse_args().description]
keys, broken = Keys("first"), False
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
report({"port": server.server_address[1], "client": CLIENT, "secret": SECRET, "redirect": REDIRECT})
server.serve_forever()
