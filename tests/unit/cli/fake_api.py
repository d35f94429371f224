#!/usr/bin/env python3
"""A stand-in for a gateway's API: TLS 1.3 (with the second argument "old-tls": 1.2), a client certificate is required (with "token": none is), answers are fixed. It ends when its stdin
does. stdout: the port first, then one line per request: METHOD path key, with "token" the Authorization too. What a transfer's reference says decides how it
is answered: "busy" once with 503 first, "refuse" with a problem, "nonsense" with no JSON."""
import http.server
import json
import ssl
import sys
import threading

folder = sys.argv[1]
ID = "00112233445566778899aabbccddeeff"
looks = 0
busy = set()
lock = threading.Lock()


def transfer(states, status):
    return {"id": ID, "settlement": "0" * 32, "role": "sender", "state": states[-1], "status": status,
            "waiting_on": "peer" if status == "open" else None, "reason": None,
            "terms": {"instrument": "US0378331005", "quantity": "100", "source_ledger": "csd-1", "target_ledger": "eth-1",
                      "originator": "ACC-1", "beneficiary": "0xab", "reference": "r1", "lots": []},
            "timeline": [{"state": s, "at": "2026-11-25T00:00:0%dZ" % i} for i, s in enumerate(states)], "added_later": {}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, kind="application/json", headers=()):
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(octets)))
        self.send_header("X-Request-Id", "req-1")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(octets)

    def problem(self, status, code, retryable, detail="why", **more):
        self.answer(status, {"type": "urn:ustp:problem:" + code, "title": "t", "status": status, "detail": detail, "code": code,
                             "retryable": retryable, "request_id": "req-1", "pointer": "/quantity", **more}, "application/problem+json")

    def seen(self):
        with lock:
            more = [self.headers.get("Authorization", "-")] if sys.argv[2:] == ["token"] else []
            print(self.command, self.path, self.headers.get("Idempotency-Key", "-"), *more, flush=True)
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def do_POST(self):
        body = self.seen()
        if self.path == "/v1/transfers":
            order = json.loads(body)
            reference = order.get("reference")
            if reference == "refuse":
                return self.problem(422, "denomination", False)
            if reference == "nonsense":
                return self.answer(201, b"[1]")
            if reference == "busy" and self.headers["Idempotency-Key"] not in busy:
                busy.add(self.headers["Idempotency-Key"])
                return self.problem(503, "overloaded", True)
            return self.answer(201, transfer(["proposed"], "open"))
        if self.path == "/v1/transfers:batch":
            return self.answer(207, {"answers": [
                {"status": 422, "problem": {"status": 422, "code": "denomination", "detail": "why", "retryable": False}}
                if one["order"].get("reference") == "refuse" else {"status": 201, "transfer": transfer(["proposed"], "open")}
                for one in json.loads(body)["orders"]]})
        if self.path == "/v1/statements":
            return self.answer(201, {"sequence": 7}) if body[:4] == b"USTP" else self.problem(400, "frame_magic", False)
        return self.problem(503, "stopping", True)

    def do_GET(self):
        global looks
        self.seen()
        if self.path == "/v1/transfers/" + ID:
            looks += 1
            done = looks >= 3
            return self.answer(200, transfer(["proposed", "voted", "completed"] if done else ["proposed"],
                                             "completed" if done else "open"))
        if self.path == "/v1/transfers/" + ID + "/evidence":
            return self.answer(200, b"\0bundle\xff", "application/octet-stream")
        if self.path.startswith("/v1/transfers?"):
            return self.answer(200, {"transfers": [transfer(["proposed"], "open")], "next": "Abc-_"})
        if self.path.startswith("/v1/events?"):
            if "after=old" in self.path:
                return self.problem(410, "cursor_expired", False, restart_after="c5")
            first = 1 if "after=" not in self.path else 3
            events = [{"cursor": "c%d" % n, "sequence": n, "type": "transfer.state", "transfer": ID, "role": "sender",
                       "state": "state-%d" % n, "status": "open", "waiting_on": "peer", "reason": None,
                       "at": "2026-11-25T00:00:0%dZ" % n, "added_later": 1} for n in (first, first + 1)]
            return self.answer(200, {"events": events, "next": events[-1]["cursor"], "more": first == 1})
        if self.path == "/v1/positions?instrument=US0378331005":
            return self.answer(200, {"ledger": "csd-1", "instrument": "US0378331005", "outstanding_base_units": "1000",
                                     "provisional_base_units": "0", "backing_base_units": "0", "outstanding_elsewhere": [],
                                     "positions": [{"account": "ACC-1", "capacity": "client", "base_units": "900",
                                                    "quantity": "900", "locked_base_units": "100", "locked": "100",
                                                    "blocked_base_units": "7"}]})
        if self.path == "/v1/instruments":
            return self.answer(200, {"instruments": [{"id": "US0378331005", "version": 2, "name": "A share", "issued": "1000",
                                                      "issuer_ledger": "csd-1", "home_gateway": "gw-a", "status": "active",
                                                      "representations": [{"ledger": "csd-1"}, {"ledger": "eth-1"}]}]})
        return self.problem(404, "not_found", False)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = ssl.TLSVersion.TLSv1_3
if sys.argv[2:] == ["old-tls"]:
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
context.load_cert_chain(folder + "/gateway-gw-a.pem", folder + "/gateway-gw-a.key.pem")
context.load_verify_locations(folder + "/ca.pem")
context.verify_mode = ssl.CERT_NONE if sys.argv[2:] == ["token"] else ssl.CERT_REQUIRED


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, address):  # the handshake belongs to the connection's thread
        try:
            super().finish_request(context.wrap_socket(request, server_side=True), address)
        except (ssl.SSLError, OSError):
            pass

    def shutdown_request(self, request):
        try:
            super().shutdown_request(request)
        except OSError:
            pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
