"""Putting the network together: keys, certificates, statements, ledgers, gateways; and the identities that must hold."""

import base64
import json
import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

from .api import Api, admin
from .ledgers import Corda, Csd, Ethereum
from .process import Process, free_ports, wait_until

ISSUED = 1_000_000


def b64(octets):
    return base64.b64encode(octets).decode()


def _digits(text):
    return "".join(str(int(c, 36)) for c in text)


def make_isin(country, number):
    """ISO 6166 with its check digit."""
    body = country + number
    total = 0
    for i, d in enumerate(reversed(_digits(body))):
        n = int(d) * (2 if i % 2 == 0 else 1)
        total += n // 10 + n % 10
    return body + str(-total % 10)


def make_lei(body):
    """ISO 17442 with its check digits."""
    return body + f"{98 - int(_digits(body + '00')) % 97:02d}"


class Gateway:
    endpoint_port = None  # where others reach it, when that is not its own port

    def __init__(self, world, gateway_id, ledger):
        self.world, self.id, self.ledger = world, gateway_id, ledger
        self.folder = world.folder / gateway_id
        self.folder.mkdir()
        self.peer_port, self.api_port, self.admin_port = world.port(), world.port(), world.port()
        self.signing_key = self.folder / "signing.pem"
        self.public_key = world.new_key(self.signing_key)
        self.config = self.folder / "gateway.toml"
        self.operator = f"op-{gateway_id}"
        self.process = None
        self.more_config = ""  # sections behind those that are written here

    def write_config(self):
        pki = self.world.folder / "pki"
        self.config.write_text(
            f'[gateway]\nid = "{self.id}"\nledger = "{self.ledger.id}"\ndata = "data"\nauthority = "association"\n'
            f'authority_key = "{self.world.folder}/authority.pem.pub.pem"\nstatements = "{self.world.statements}"\n'
            f'signing_key = "signing.pem"\n\n[tls]\nca = "{pki}/ca.pem"\ncertificate = "{pki}/gateway-{self.id}.pem"\n'
            f'key = "{pki}/gateway-{self.id}.key.pem"\n\n[peer]\nlisten = "127.0.0.1:{self.peer_port}"\n\n'
            f'[api]\nlisten = "127.0.0.1:{self.api_port}"\n\n[admin]\nlisten = "127.0.0.1:{self.admin_port}"\n\n'
            f'[ledger]\n{self.ledger.access()}\n[log]\nlevel = "debug"\nformat = "json"\n\n'
            f'[limits]\napi_requests_per_second = 10000\nsnapshot_octets = {self.world.snapshot_octets}\n\n'
            f'[journal]\nkind = "{self.world.journal}"\n' + ('segment_octets = 1048576\n\n' if self.world.journal == 'segments' else '\n') +
            f'[timing]\nstatus_retry_ms = 200\nrecheck_ms = 500\nrequery_ms = 300\n' + self.more_config)

    def start(self, program="ustp-gateway", extra=(), wait=True):
        self.process = Process(self.id, [self.world.bin / program, "--config", self.config, *extra],
                               self.folder / "log")
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds=30):
        def ready():
            if not self.process.running():
                raise RuntimeError(f"{self.id} ended with {self.process.child.returncode}:\n{self.process.tail()}")
            return admin(self.admin_port, "/health/ready")[0] == 200
        wait_until(f"{self.id} ready", ready, seconds)

    def api(self, participant=None):
        name = self.world.folder / "pki" / f"participant-{participant or self.operator}"
        return Api(self.api_port, self.world.folder / "pki/ca.pem", f"{name}.pem", f"{name}.key.pem")


class World:
    """`ethereum` names what stands behind gw-eth: "anvil", or "corda" for a second embedded ledger where no node is
    wanted. Everything lives in one folder, removed at the end unless it is kept."""

    def __init__(self, build, seed=None, ethereum="anvil", faults="", keep=False, parent=None, journal="segments",
                 https=()):
        self.build = Path(build).resolve()
        self.bin, self.source = self.build / "bin", Path(__file__).resolve().parents[3]
        self.seed = seed if seed is not None else random.SystemRandom().randrange(2**32)
        self.random = random.Random(self.seed)
        self.keep, self.journal = keep, journal
        self.https = set(https)  # ids of the gateways that speak JSON with everybody
        self.snapshot_octets = 100_000  # small, so that what restarts, restarts from snapshots too
        self.folder = Path(tempfile.mkdtemp(prefix="ustp-", dir=parent))
        self._ports = []
        self.instrument = make_isin("DE", "000USTP01")
        self.statements = self.folder / "statements"
        self.new_key(self.folder / "authority.pem")
        self.csd = Csd(self, [{"id": "ALICE", "capacity": "client", "units": "600000", "blocked": False},
                              {"id": "ZOE", "capacity": "client", "units": "400000", "blocked": False},
                              {"id": "CAROL", "capacity": "client", "units": "0", "blocked": False}], faults)
        empty = [{"id": a, "capacity": "client", "units": "0", "blocked": False} for a in ("BOB", "DAVE")]
        self.bob = "0x" + "b0b0" * 10 if ethereum == "anvil" else "BOB"
        self.eth = Ethereum(self, [self.bob]) if ethereum == "anvil" else Corda(self, empty, "eth-1", faults)
        self.corda = Corda(self, empty, "corda-1", faults)
        self.ledgers = [self.csd, self.eth, self.corda]
        self.gateways = [Gateway(self, name, ledger)
                         for name, ledger in zip(("gw-csd", "gw-eth", "gw-corda"), self.ledgers)]
        self.gw_csd, self.gw_eth, self.gw_corda = self.gateways
        # Who holds what: (participant, ledger, account)
        self.accounts = [("bank-alice", self.csd, "ALICE"), ("bank-alice", self.csd, "ZOE"),
                         ("bank-carol", self.csd, "CAROL"), ("bank-bob", self.eth, self.bob),
                         ("bank-dave", self.corda, "DAVE")]

    def port(self):
        if not self._ports:
            self._ports = free_ports(16)
        return self._ports.pop()

    def tool(self, *arguments):
        done = subprocess.run([str(self.bin / "ustp"), *map(str, arguments)], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"ustp {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
        return done.stdout

    def new_key(self, path):
        """A new ES256 key; gives its SubjectPublicKeyInfo (DER)."""
        self.tool("keys", "new", "--out", path)
        lines = Path(f"{path}.pub.pem").read_text().splitlines()
        return base64.b64decode("".join(line for line in lines if not line.startswith("-")))

    def start(self):
        participants = sorted({p for p, _, _ in self.accounts} | {g.operator for g in self.gateways})
        subprocess.run([str(self.source / "tools/pki"), str(self.folder / "pki"), "--gateway",
                        *[g.id for g in self.gateways], "--participant", *participants], check=True,
                       capture_output=True, timeout=120)
        for ledger in self.ledgers:
            ledger.start()
        self.sign(self.first_statements(participants))
        for gateway in self.gateways:
            gateway.write_config()
            gateway.start(wait=False)
        for gateway in self.gateways:
            gateway.wait_ready()

    def sign(self, bodies):
        file = self.folder / "bodies.json"
        file.write_text(json.dumps(bodies))
        self.tool("statement", "sign", "--key", self.folder / "authority.pem", "--authority", "association", "--log",
                  self.statements, file)

    def announce(self, bodies):
        """Signs more statements and gives them to the home gateway, which tells the others."""
        before = set(self.statements.glob("*.stm"))
        self.sign(bodies)
        api = self.gw_csd.api()
        for file in sorted(set(self.statements.glob("*.stm")) - before):
            self.tool("statement", "apply", "--api", f"https://127.0.0.1:{api.port}", "--ca", self.folder / "pki/ca.pem",
                      "--cert", self.folder / f"pki/participant-{self.gw_csd.operator}.pem", "--key",
                      self.folder / f"pki/participant-{self.gw_csd.operator}.key.pem", file)

    def quickstart(self):
        """The arguments of sdk/examples/quickstart for a transfer from the CSD to the Corda-like ledger."""
        return [f"https://127.0.0.1:{self.gw_csd.api_port}", self.folder / "pki", "bank-alice",
                self.folder / "authority.pem.pub.pem", self.instrument, "ALICE", f"{self.corda.id}/DAVE"]

    def environment(self):
        """What a shell needs to be bank-alice at the CSD's gateway: the variables of `ustp`, and two of our own."""
        pki = self.folder / "pki"
        values = {"USTP_API": f"https://127.0.0.1:{self.gw_csd.api_port}", "USTP_CA": pki / "ca.pem",
                  "USTP_CERT": pki / "participant-bank-alice.pem", "USTP_KEY": pki / "participant-bank-alice.key.pem",
                  "USTP_ISIN": self.instrument, "USTP_AUTHORITY_KEY": self.folder / "authority.pem.pub.pem"}
        return "".join(f"export {name}='{value}'\n" for name, value in values.items()) + f"export PATH='{self.bin}':$PATH\n"

    def account_body(self, participant, ledger, account, **more):
        return {"kind": "account", "account": {"ledger": ledger.id, "id": account, "participant": participant, **more}}

    def first_statements(self, participants):
        out, leis = [], {}
        for i, name in enumerate(participants):
            leis[name] = make_lei(f"5299000USTPDEMO0{i:02d}")
            gateway = next((g for g in self.gateways if g.operator == name), None)
            body = {"kind": "participant", "participant": name, "lei": leis[name], "name": name}
            if gateway:
                body |= {"gateway": gateway.id, "endpoint": f"{'https' if gateway.id in self.https else 'wss'}://127.0.0.1:{gateway.endpoint_port or gateway.peer_port}"}
            out.append(body)
        for g in self.gateways:
            out.append({"kind": "key", "gateway": g.id, "algorithm": "es256", "spki": b64(g.public_key)})
            out.append({"kind": "ledger", "profile": {
                "id": g.ledger.id, "gateway": g.id, "liable_operator": leis[g.operator],
                "custody_account": g.ledger.custody, "suspense_account": g.ledger.suspense, **g.ledger.profile(b64)}})
        representations = []
        for ledger in self.ledgers:
            home = ledger is self.csd
            representation = {"ledger": ledger.id, "kind": "native" if home else "backed",
                              "ratio": {"token_base_units": ledger.ratio, "security_units": 1, "version": 1}}
            if not home:
                representation["backing_account"] = self.csd.custody
            if isinstance(ledger, Ethereum):
                representation |= {"reference": ledger.contract, "scale": 3}
            representations.append(representation)
        out.append({"kind": "instrument", "instrument": {
            "id": self.instrument, "name": "Demonstration share", "cfi": "ESVUFR", "issuer": make_lei("5299000USTPISSUER0"),
            "authorised": "2000000", "approved": "1500000", "issued": str(ISSUED), "issuer_ledger": self.csd.id,
            "home_gateway": self.gw_csd.id, "representations": representations, "governing_law": "DE",
            "rights": [{"code": "vote", "class": "membership"}, {"code": "dividend", "class": "economic"}],
            "admissions": [{"mic": "XFRA", "kind": "listed"}]}})
        out += [self.account_body(p, ledger, account) for p, ledger, account in self.accounts]
        return out

    # ---- what must hold

    def picture(self):
        """{ledger id: (holdings, provisional)}, as each ledger itself tells it."""
        return {ledger.id: ledger.holdings() for ledger in self.ledgers}

    def identities(self, picture=None):
        """[(name, left, right, holds)] at rest: count once, and backing."""
        picture = picture or self.picture()
        csd, _ = picture[self.csd.id]
        outside = sum(units for account, (units, _, _) in csd.items() if account != self.csd.custody)
        backing = csd.get(self.csd.custody, (0, 0, 0))[0]
        supply = 0
        for ledger in (self.eth, self.corda):  # custody holds what is provisional: no rights of its own
            holdings, _ = picture[ledger.id]
            supply += sum(units for account, (units, _, _) in holdings.items() if account != ledger.custody)
        return [("issued = outside backing + supply elsewhere", ISSUED, outside + supply, outside + supply == ISSUED),
                ("backing = supply elsewhere", backing, supply, backing == supply)]

    def check(self):
        """Raises AssertionError when an identity does not hold or an operation took effect more than once."""
        for name, left, right, holds in self.identities():
            assert holds, f"{name}: {left} != {right}; {self.picture()}"
        for ledger in self.ledgers:
            for operation, times in ledger.effects().items():
                assert times == 1, f"{ledger.id}: operation {operation} took effect {times} times"

    # ---- the end

    def stop(self):
        status = {}
        for gateway in self.gateways:
            if gateway.process:
                status[gateway.id] = gateway.process.stop()
        for ledger in self.ledgers:
            if ledger.process:
                status[ledger.id] = ledger.process.stop()
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        return status

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind and os.environ.get("USTP_KEEP"):
            self.keep = True
            print(f"kept: {self.folder}")
        self.stop()
