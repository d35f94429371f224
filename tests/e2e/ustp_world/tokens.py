"""An issuer of bearer tokens: ES256 with the openssl program, so that nothing of what is tested makes them."""

import base64
import json
import subprocess
import time

ISSUER = "https://id.example"


def url64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def raw_signature(der, size=32):
    """r and s of an ECDSA signature in DER, each of so many octets."""
    def number(at):
        length = der[at + 1]
        return der[at + 2:at + 2 + length].lstrip(b"\0").rjust(size, b"\0"), at + 2 + length
    r, at = number(2)
    s, _ = number(at)
    return r + s


class Issuer:
    def __init__(self, folder, kid="issuer-1"):
        self.kid, self.key = kid, folder / f"{kid}.pem"
        self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key)
        point = self.openssl("ec", "-in", self.key, "-pubout", "-outform", "DER")[-64:]
        self.jwk = {"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256", "x": url64(point[:32]), "y": url64(point[32:])}

    @staticmethod
    def openssl(*arguments, given=None):
        return subprocess.run(["openssl", *map(str, arguments)], input=given, capture_output=True, check=True, timeout=30).stdout

    def token(self, participant, roles, audience, seconds=600, header=None, **claims):
        header = header or {"alg": "ES256", "kid": self.kid, "typ": "JWT"}
        claims = {"iss": ISSUER, "aud": audience, "exp": int(time.time()) + seconds, "participant": participant, "roles": roles} | claims
        signed = ".".join(url64(json.dumps(part).encode()) for part in (header, claims))
        return signed + "." + url64(raw_signature(self.openssl("dgst", "-sha256", "-sign", self.key, given=signed.encode())))


def take_tokens(gateway, *issuers):
    """The gateway takes tokens of these from its next start on; called again while it runs, its keys are those."""
    file = gateway.folder / "jwks.json"
    file.write_text(json.dumps({"keys": [issuer.jwk for issuer in issuers]}))
    gateway.more_config = f'\n[jwt]\nkeys = "{file}"\nissuer = "{ISSUER}"\naudience = "{gateway.id}"\n'
