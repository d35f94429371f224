"""The three ledgers as processes of their own, and what they themselves say: read from their stores or their node, never
through a gateway."""

import json
import sqlite3
import subprocess
import urllib.request
from pathlib import Path

from .process import Process, wait_until

# The development accounts that every anvil node funds at its start; their keys are public.
DEPLOYER = ("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
            "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
AGENT = ("0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
         "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d")


class StoreLedger:
    """An embedded ledger with a SQLite store: the CSD or the Corda-like ledger."""

    ratio = 1

    def __init__(self, world, kind, ledger_id, custody, suspense, accounts, faults=""):
        self.kind, self.id, self.custody, self.suspense = kind, ledger_id, custody, suspense
        self.folder = world.folder / ledger_id
        self.folder.mkdir()
        self.store, self.key = self.folder / "store.db", self.folder / "ledger.pem"
        self.public_key = world.new_key(self.key)
        book = {"ledger": ledger_id, "instrument": world.instrument, "scale": 0, "custody": custody,
                "suspense": suspense, "accounts": accounts}
        (self.folder / "book.json").write_text(json.dumps(book))
        self.common = ["--store", self.store, "--book", self.folder / "book.json", "--key", self.key]
        if faults:
            self.common += ["--faults", faults, "--seed", str(world.seed)]
        self.program = world.bin / "ustp-ledger-sim"
        self.process = None

    def start(self):
        self.process = Process(self.id, [self.program, self.kind, *self.common, *self.where()],
                               self.folder / "log", ready="ready")

    def rows(self, query):
        db = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=10)
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

    def holdings(self):
        """{account: (units, locked, blocked)} in security units, house accounts included; provisional ones apart."""
        out, provisional = {}, 0
        for account, _, base, locked, blocked, prov in self.rows(
                "SELECT account, capacity, base_units, locked, blocked, provisional FROM ustp_holdings"):
            out[account] = (int(base), int(locked), int(blocked))
            provisional += int(prov or 0)
        return out, provisional

    def effects(self):
        """{operation id: how often it took effect}"""
        return {row[0]: int(row[1]) for row in self.rows("SELECT operation_id, effects FROM ustp_effects")}


class Csd(StoreLedger):
    def __init__(self, world, accounts, faults=""):
        super().__init__(world, "csd", "csd-1", "BACKING", "SUSPENSE", accounts, faults)
        self.inbox, self.outbox = self.folder / "in", self.folder / "out"
        self.inbox.mkdir()
        self.outbox.mkdir()

    def where(self):
        return ["--inbox", self.inbox, "--outbox", self.outbox, "--poll-ms", "2"]

    def access(self):
        return f'kind = "csd"\ninbox = "{self.inbox}"\noutbox = "{self.outbox}"\npoll_ms = 2\n'

    def profile(self, base64):
        return {"kind": "csd", "model": "book_entry", "finality_rule": "confirmed", "evidence": "csd_confirmation",
                "anchor": {"key": base64(self.public_key)}}


class Corda(StoreLedger):
    def __init__(self, world, accounts, ledger_id="corda-1", faults=""):
        super().__init__(world, "corda", ledger_id, "CUSTODY", "SUSPENSE", accounts, faults)
        self.port = world.port()

    def where(self):
        return ["--listen", f"127.0.0.1:{self.port}"]

    def access(self):
        return f'kind = "corda"\nendpoint = "127.0.0.1:{self.port}"\n'

    def profile(self, base64):
        return {"kind": "corda", "model": "consortium", "finality_rule": "notarised", "evidence": "corda_tear_off",
                "carries_lots": True, "anchor": {"key": base64(self.public_key)}}


class Ethereum:
    """anvil on loopback with the token contract; counts in thousandths of a unit."""

    ratio = 1000
    kind, id = "ethereum", "eth-1"
    custody, suspense = "0x" + "c0" * 20, "0x" + "5a" * 20

    def __init__(self, world, accounts):
        self.world, self.accounts = world, accounts
        self.folder = world.folder / self.id
        self.folder.mkdir()
        self.port = world.port()
        (self.folder / "agent.key").write_text(AGENT[1])
        (self.folder / "deployer.key").write_text(DEPLOYER[1])
        self.process = self.contract = None

    @staticmethod
    def program(source):
        return source / "adapters/ethereum/contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"

    def start(self):
        self.process = Process(self.id, [self.program(self.world.source), "--host", "127.0.0.1", "--port", self.port,
                                         "--silent", "--slots-in-an-epoch", "1", "--block-time", "0.2"],
                               self.folder / "log")
        wait_until("the Ethereum node", lambda: self.process.running() and self.answers(), 20)
        if self.contract:
            return
        done = subprocess.run(
            [self.world.bin / "ustp-eth-deploy", "--rpc", self.url(), "--key", self.folder / "deployer.key",
             "--artifact", self.world.build / "contracts/UstpToken.json", "--name", "Demonstration share",
             "--symbol", "DEMO", "--decimals", "3", "--instrument", self.world.instrument, "--custody", self.custody,
             "--suspense", self.suspense, "--agent", AGENT[0], "--fund", str(10**18), "--mint-nothing"],
            check=True, capture_output=True, text=True, timeout=60)
        self.contract = json.loads(done.stdout)["address"]

    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def rpc(self, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url(), body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read())["result"]

    def answers(self):
        try:
            return self.rpc("eth_chainId")
        except OSError:
            return None

    def access(self):
        return f'kind = "ethereum"\nrpc = "{self.url()}"\nkey = "{self.folder / "agent.key"}"\npoll_ms = 20\n'

    def profile(self, base64):
        return {"kind": "ethereum", "model": "public", "finality_rule": "finalized", "evidence": "ethereum_receipt",
                "anchor": {"contract": base64(bytes.fromhex(self.contract[2:])),
                           "chain_id": int(self.rpc("eth_chainId"), 16)}}

    def _call(self, data):
        return bytes.fromhex(self.rpc("eth_call", {"to": self.contract, "data": data}, "latest")[2:])

    def _of(self, selector, account):
        return int.from_bytes(self._call(selector + account[2:].rjust(64, "0")), "big")

    def holdings(self):
        out = {}
        for account in [*self.accounts, self.custody, self.suspense]:
            balance = self._of("0x70a08231", account)  # balanceOf(address)
            frozen = self._of("0x158b1a57", account)   # getFrozenTokens(address)
            out[account] = tuple(v // self.ratio for v in (balance, frozen, 0))
        supply = self._call("0x047fc9aa")              # supply() -> outstanding, provisional
        return out, int.from_bytes(supply[32:64], "big") // self.ratio

    def effects(self):
        """Events of the contract by operation id: each must stand once."""
        out = {}
        for log in self.rpc("eth_getLogs", {"address": self.contract, "fromBlock": "0x0", "toBlock": "latest"}):
            if len(log["topics"]) == 4:  # UstpOperation alone has three indexed fields
                out[log["topics"][1][2:]] = out.get(log["topics"][1][2:], 0) + 1
        return out
