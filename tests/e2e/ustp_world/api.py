"""The gateway's API as a participant calls it, and the operator's port."""

import http.client
import json
import ssl
import time
import uuid

from .process import wait_until


class ApiError(Exception):
    def __init__(self, status, problem):
        super().__init__(f"{status} {problem}")
        self.status, self.problem = status, problem
        self.code = problem.get("code", "") if isinstance(problem, dict) else ""


class Api:
    """One participant at one gateway. Reads are tried again while the gateway cannot be reached; so are orders, which
    carry an idempotency key."""

    def __init__(self, port, ca, certificate=None, key=None, token=None):
        self.port, self.token = port, token
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.check_hostname = False  # who the gateway is stands in the SAN URI
        self.context.load_verify_locations(ca)
        if certificate:
            self.context.load_cert_chain(certificate, key)

    def authorization(self):
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=15)
        try:
            octets = json.dumps(body).encode() if body is not None else None
            headers = self.authorization() | (headers or {})
            if octets is not None:
                headers["Content-Type"] = "application/json"
            connection.request(method, path, octets, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        kind = answer.getheader("Content-Type", "")
        value = json.loads(content) if "json" in kind else content
        if answer.status >= 400:
            raise ApiError(answer.status, value)
        return value

    def again(self, method, path, body=None, headers=None, seconds=20):
        end = time.monotonic() + seconds
        while True:
            try:
                return self.call(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                if time.monotonic() > end:
                    raise
            except ApiError as e:
                if e.status not in (401, 403, 429, 503, 504) or time.monotonic() > end:
                    raise
            time.sleep(0.05)

    def start(self, order, key=None, seconds=20):
        return self.again("POST", "/v1/transfers", order, {"Idempotency-Key": key or str(uuid.uuid4())}, seconds)

    def transfer(self, transfer_id):
        return self.again("GET", f"/v1/transfers/{transfer_id}")

    def statuses(self):
        """{transfer: status} of all that this participant sees."""
        out, after = {}, ""
        while True:
            page = self.again("GET", f"/v1/transfers?limit=100{after}")
            out.update((t["id"], t["status"]) for t in page["transfers"])
            if not page.get("next"):
                return out
            after = f"&after={page['next']}"

    def evidence(self, transfer_id):
        return self.again("GET", f"/v1/transfers/{transfer_id}/evidence")

    def positions(self, instrument):
        return self.again("GET", f"/v1/positions?instrument={instrument}")

    def wait(self, transfer_id, statuses, seconds):
        """Until the transfer has one of the statuses; then the transfer."""
        def look():
            try:
                found = self.transfer(transfer_id)
            except ApiError as e:
                if e.status == 404:  # the other side has not heard of it yet
                    return None
                raise
            return found if found["status"] in statuses else None
        return wait_until(f"transfer {transfer_id} {'/'.join(statuses)}", look, seconds)


def admin(port, path):
    """Status and text of the operator's port; status 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()
