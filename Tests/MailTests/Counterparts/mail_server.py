"""A mail server for tests: takes what it is given, parses it with Python's email package, prints a JSON line a mail.

    mail_server.py [--tls starttls|implicit] [--login USER PASSWORD] [--silent]

Mails for nobody@… are refused for good (550), mails for later@… for now (451).
"""

import argparse
import asyncio
import email
import email.policy
import json
import signal
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def report(event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def parts(message):
    """What stands in a message, outermost first: with their depth, so that the tree can be seen."""

    def walk(part, depth):
        calendar = part.get_content_type() == "text/calendar"
        yield {
            "depth": depth,
            "type": part.get_content_type(),
            "charset": part.get_content_charset(),
            "method": part.get_param("method"),
            "disposition": part.get_content_disposition(),
            "fileName": part.get_filename(),
            "content": None if part.is_multipart() else content_of(part, calendar),
        }
        if part.is_multipart():
            for child in part.iter_parts():
                yield from walk(child, depth + 1)

    def content_of(part, exact):
        content = part.get_content()
        text = content if isinstance(content, str) else content.decode()
        return text if exact else text.replace("\r\n", "\n")

    return list(walk(message, 0))


def parsed(content):
    message = email.message_from_bytes(content, policy=email.policy.default)
    defects = [repr(defect) for part in message.walk() for defect in part.defects]
    for value in message.values():
        defects += [repr(defect) for defect in value.defects]
    sender = message["from"].addresses
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "from": [[address.display_name, address.addr_spec] for address in sender],
        "subject": str(message["subject"]),
        "date": message["date"].datetime.timestamp(),
        "type": message.get_content_type(),
        "charset": message.get_content_charset(),
        "body": message.get_body(("plain",)).get_content().replace("\r\n", "\n"),
        "parts": parts(message),
        "defects": defects,
        "isSevenBit": content.isascii(),
        "longestLine": max(len(line) for line in content.split(b"\r\n")),
        "hasBareLineEnds": content.replace(b"\r\n", b"").count(b"\n") + content.replace(b"\r\n", b"").count(b"\r") > 0,
    }


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 there is no such mailbox"
        if address.startswith("later@"):
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        report(
            {
                "sender": envelope.mail_from,
                "recipients": envelope.rcpt_tos,
                "isEncrypted": session.ssl is not None or arguments.tls == "implicit",
                "login": session.auth_data.login.decode() if session.authenticated else None,
                "peer": session.peer[1],
                "greeting": session.host_name,
                "mail": parsed(envelope.original_content),
            }
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    user, password = arguments.login
    matches = (data.login.decode(), data.password.decode()) == (user, password)
    # Not handled: aiosmtpd itself says 535.
    return AuthResult(success=matches, handled=matches, auth_data=data)


def make_certificate():
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
        " -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out certificate.pem".split(),
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("certificate.pem", "key.pem")
    return context


async def main():
    context = make_certificate() if arguments.tls else None
    options = {}
    if arguments.tls == "starttls":
        options = {"tls_context": context, "require_starttls": True}
    if arguments.login:
        options |= {"authenticator": authenticate, "auth_required": True}
        options["auth_require_tls"] = arguments.tls == "starttls"
    loop = asyncio.get_running_loop()
    if arguments.silent:
        server = await asyncio.start_server(lambda reader, writer: asyncio.sleep(3600), "127.0.0.1", 0)
    else:
        server = await loop.create_server(
            lambda: SMTP(Sink(), enable_SMTPUTF8=True, hostname="mail.test", **options),
            "127.0.0.1",
            0,
            ssl=context if arguments.tls == "implicit" else None,
        )
    loop.add_signal_handler(signal.SIGTERM, lambda: sys.exit(0))
    report({"port": server.sockets[0].getsockname()[1]})
    await asyncio.Event().wait()


parser = argparse.ArgumentParser()
parser.add_argument("--tls", choices=["starttls", "implicit"])
parser.add_argument("--login", nargs=2)
parser.add_argument("--silent", action="store_true")
arguments = parser.parse_args()
asyncio.run(main())
