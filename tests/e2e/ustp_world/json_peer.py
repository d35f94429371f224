"""A gateway made by hand that speaks the JSON binding (spec/03c, section 6) in the place of one that is down, with its
certificates. It answers hellos, takes nothing, and posts what a test gives it. Signatures are the openssl program's."""

import base64
import hashlib
import http.client
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .tokens import Issuer, raw_signature, url64

MESSAGES, HELLO = "/ustp/satp/v1/messages", "/ustp/satp/v1/hello"
JWS = "application/ustp+jws"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186-5)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def unurl64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def es256(key, octets, low=True):
    """r and s, 64 octets; of the two values of s the lower one (USTP-MSG-013), or the higher."""
    raw = raw_signature(Issuer.openssl("dgst", "-sha256", "-sign", key, given=octets))
    s = int.from_bytes(raw[32:], "big")
    if (s > ORDER // 2) == low:
        s = ORDER - s
    return raw[:32] + s.to_bytes(32, "big")


class JsonPeer:
    def __init__(self, world, role, asked):
        """Takes the place of the gateway `role`, towards `asked`."""
        self.world, self.role, self.asked = world, role, asked
        self.kid = hashlib.sha256(role.public_key).hexdigest()
        self.theirs = None  # what `asked` said in its last hello
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802 (http.server's name)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, media, answer = (200, JWS, peer.hello(body)) if self.path == HELLO else (503, "text/plain", b"")
                self.send_response(status)
                self.send_header("Content-Type", media)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", role.peer_port), Handler)
        self.server.socket = self.context(ssl.PROTOCOL_TLS_SERVER).wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def context(self, protocol):
        pki = self.world.folder / "pki"
        context = ssl.SSLContext(protocol)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(pki / "ca.pem")
        context.load_cert_chain(pki / f"gateway-{self.role.id}.pem", pki / f"gateway-{self.role.id}.key.pem")
        return context

    def header(self, typ, **place):
        return {"alg": "ES256", "kid": self.kid, "typ": typ,
                "ustp": {"channel": 0, "recipient": self.asked.id, "sender": self.role.id, "version": "1.0"} | place}

    def hello(self, jws):
        """Theirs, turned round: what they have of us is what we made."""
        header = json.loads(unurl64(jws.decode().split(".")[0]))
        said = header["ustp"]
        place = {name: said[name] for name in ("statements", "statementHead", "time") if name in said}
        answer = self.jws(self.header("ustp-hello+jws", sent=said["received"], received=said["sent"], **place), b"{}")
        self.theirs = said
        return answer.encode()

    def jws(self, header, payload, key=None):
        return self.signed(canonical(header), payload, lambda octets: es256(key or self.role.signing_key, octets))

    @staticmethod
    def signed(header, payload, sign):
        octets = f"{url64(header)}.{url64(payload)}"
        return f"{octets}.{url64(sign(octets.encode()))}"

    def next(self, **place):
        """The header of the message that comes next."""
        head = self.theirs["received"]
        return self.header("ustp+jws", previous=head["hash"], sequence=str(int(head["sequence"]) + 1),
                           time=self.theirs["time"], **place)

    def post(self, jws):
        """(status, code) of a message."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.asked.peer_port, timeout=20,
                                                 context=self.context(ssl.PROTOCOL_TLS_CLIENT))
        connection.request("POST", MESSAGES, jws.encode(), {"Content-Type": JWS})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.getheader("Content-Type") != "application/problem+json":
            return answer.status, ""
        return answer.status, json.loads(text)["code"]
