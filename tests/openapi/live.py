#!/usr/bin/env python3
"""spec/openapi.yaml against a real gateway: every example in it is executed, then schemathesis makes requests of its own, valid
and invalid ones, for a bounded time. Run by packages.py, which has schemathesis.

  live.py --build DIR [--seconds N] [--seed N]
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[0] / "e2e"))
sys.path.insert(0, str(HERE))
import lint  # noqa: E402
from ustp_world.api import Api, ApiError  # noqa: E402
from ustp_world.tokens import Issuer, take_tokens  # noqa: E402
from ustp_world.kills import PointFailed, Route, both_ended, demand  # noqa: E402
from ustp_world.world import World  # noqa: E402

PATIENCE = 60
# What schemathesis must not ask for: it judges answers that never end by their time.
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
          "response_schema_conformance,missing_required_header,unsupported_method,allow_header_conformance,"
          "negative_data_rejection")


class Examples:
    """Each operation is asked once for each of its examples, with the examples of its parameters; what is answered must be
    what the description says. An id, a cursor and a statement frame are those of the live gateway."""

    def __init__(self, world, document, api, live):
        self.world, self.document, self.api, self.live = world, document, api, live
        self.executed = 0

    def value(self, parameter):
        if parameter["name"] in self.live:
            return self.live[parameter["name"]]
        return parameter.get("example", next(iter(parameter.get("examples", {}).values()), {}).get("value"))

    def requests(self, operation):
        """(name, content type, body) of each."""
        content = operation.get("requestBody", {}).get("content", {})
        if not content:
            yield "no body", None, None
        for kind, media in content.items():
            if kind == "application/octet-stream":
                yield "a statement frame", kind, self.live["frame"]
            for name, example in media.get("examples", {}).items():
                yield name, kind, json.dumps(lint.resolve(self.document, example)["value"]).encode()

    def run(self):
        for path, method, operation in lint.operations(self.document):
            for name, kind, body in self.requests(operation):
                self.one(path, method, operation, name, kind, body)
                self.executed += 1
        return self.executed

    def one(self, path, method, operation, name, kind, body):
        query, headers = {}, {"Content-Type": kind} if kind else {}
        for parameter in lint.parameters(self.document, operation):
            value = self.value(parameter)
            if value is None:
                demand(not parameter.get("required"), f"{path}: {parameter['name']} has no example")
                continue
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", quote(str(value)))
            elif parameter["in"] == "query":
                query[parameter["name"]] = value
            else:
                headers[parameter["name"]] = f"{value}-{self.executed}" if parameter["name"] == "Idempotency-Key" else str(value)
        target = path + ("?" + urlencode(query) if query else "")
        status, kind, content = raw(self.api, method.upper(), target, body, headers)
        said = lint.resolve(self.document, operation["responses"].get(str(status), {}))
        cancelled_late = path.endswith(":cancel") and status == 409
        demand(status in (200, 201, 202, 207) or cancelled_late, f"{method} {target} ({name}): {status} {content[:300]}")
        if cancelled_late:
            return
        demand(kind in said.get("content", {}), f"{method} {target}: {status} {kind} is not described")
        if kind == "application/json":
            errors = list(lint.validator(self.document, said["content"][kind]["schema"]).iter_errors(json.loads(content)))
            demand(not errors, f"{method} {target} ({name}): {errors[:1]}")
            if operation["operationId"] == "listTransfers":  # by status, state, role and instrument
                found = [t["id"] for t in json.loads(content)["transfers"]]
                demand(self.live["id"] in found, f"{target}: the completed transfer is not among {found}")
            if operation["operationId"] == "startBatch":
                answers = json.loads(content)["answers"]
                demand([a["status"] for a in answers] == [201, 422], f"{name}: {answers}")
            if operation["operationId"] == "checkTransfer":
                found = json.loads(content)
                demand(found["ok"] == (name == "good") and len(found["findings"]) == (0 if name == "good" else 2), f"{name}: {found}")
        print(f"  {method.upper()} {target.split('?')[0]} ({name}): {status}", flush=True)


def raw(api, method, target, body, headers):
    import http.client
    connection = http.client.HTTPSConnection("127.0.0.1", api.port, context=api.context, timeout=40)
    try:
        connection.request(method, target, body, api.authorization() | headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type", ""), answer.read()
    finally:
        connection.close()


def live_values(world, api):
    route = Route(world, world.gw_csd, world.gw_corda, "ALICE", "DAVE", 20)
    started = api.start(route.body())["id"]
    both_ended(route, started, PATIENCE)
    frame = next(iter(sorted(world.statements.glob("*.stm")))).read_bytes()
    cursor = api.call("GET", "/v1/events?limit=1")["next"]
    transfers = api.call("GET", "/v1/transfers?limit=1")
    return {"id": started, "after": None, "frame": frame, "Last-Event-ID": cursor, "cursor": cursor, "page": transfers}


def schemathesis(world, options):
    pki = world.folder / "pki"
    command = [Path(sys.executable).parent / "st", "--config-file", HERE / "schemathesis.toml", "run", lint.SPEC, "--url",
               f"https://127.0.0.1:{world.gw_csd.api_port}", "--tls-verify", pki / "ca.pem", "--request-cert",
               pki / "participant-bank-alice.pem", "--request-cert-key", pki / "participant-bank-alice.key.pem", "--checks",
               CHECKS, "--max-time", str(options.seconds), "--request-timeout", "40", "--max-response-time", "35",
               "--seed", str(options.seed), "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--no-color"]
    done = subprocess.run(list(map(str, command)), cwd=world.folder, timeout=options.seconds * 3 + 120)
    return done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--seconds", type=int, default=45)
    parser.add_argument("--seed", type=int, default=20261125, help="of schemathesis; fixed, so that a fault stays one")
    options = parser.parse_args()
    document = yaml.safe_load(lint.SPEC.read_text())
    with World(options.build, seed=options.seed, ethereum="corda") as world:
        issuer = Issuer(world.folder)
        take_tokens(world.gw_csd, issuer)
        world.start()
        api = world.gw_csd.api("bank-alice")
        try:
            examples = Examples(world, document, api, live_values(world, api))
            print(f"{examples.run()} requests of the description were answered as it says", flush=True)
            # The same under the other way of saying who asks.
            by_token = Api(api.port, world.folder / "pki/ca.pem", token=issuer.token("bank-alice", ["operator"], world.gw_csd.id))
            count = Examples(world, document, by_token, live_values(world, by_token)).run()
            print(f"{count} by token, without a certificate", flush=True)
            failed = schemathesis(world, options)
            # Whatever was asked: the gateway stands, and every unit is where it should be.
            api.call("GET", "/v1/transfers?limit=1")
            demand(world.gw_csd.process.running(), "the gateway ended")
            world.check()
        except (PointFailed, ApiError, AssertionError, OSError, TimeoutError) as e:
            print(f"FAILED: {e}")
            return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
