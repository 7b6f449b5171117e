"""A mail server for tests, on loopback: Debian's aiosmtpd, that says on standard output what it was given.

It is told what to do by the recipient's name: refused@ is refused for good, busy@ once for now, and cut@ ends the
connection. Arguments: JSON with port, certificate, key, tls (implicit, starttls, none), user, password.
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

options = json.loads(sys.argv[1])
seen = set()


def say(value):
    print(json.dumps(value), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        if name == "refused":
            return f"550 5.1.1 <{address}>: nobody of that name"
        if name == "busy" and address not in seen:
            seen.add(address)
            return "451 4.7.1 come back later"
        if name == "cut":
            server.transport.close()
            return "421 4.3.2 over"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        text = envelope.content.decode("utf-8", "replace")
        tls = server.transport.get_extra_info("ssl_object") is not None
        say({"to": envelope.rcpt_tos, "from": envelope.mail_from, "text": text, "tls": tls})
        return "250 2.0.0 taken as test-1"


def authenticate(server, session, envelope, mechanism, data):
    right = data.login.decode() == options["user"] and data.password.decode() == options["password"]
    return AuthResult(success=right, handled=right)


context = None
if options["tls"] != "none":
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options["certificate"], options["key"])


def make():
    starttls = options["tls"] == "starttls"
    signing = {}
    if options.get("user"):
        signing = {
            "authenticator": authenticate,
            "auth_required": True,
            "auth_require_tls": options["tls"] == "starttls",
        }
    return SMTP(
        Handler(), hostname="mail.test", tls_context=context if starttls else None, require_starttls=starttls, **signing
    )


async def main():
    over_tls = context if options["tls"] == "implicit" else None
    server = await asyncio.get_running_loop().create_server(
        make, host="127.0.0.1", port=options.get("port", 0), ssl=over_tls
    )
    say({"port": server.sockets[0].getsockname()[1]})
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
