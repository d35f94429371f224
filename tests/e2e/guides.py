#!/usr/bin/env python3
"""The "first transfer" guides of docs/guides, done as they say: every command block in one shell, every titled block as the
file it names, every block of text held against what the commands before it printed (… stands for anything)."""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.ledgers import Ethereum  # noqa: E402
from ustp_world.process import Process, wait_until  # noqa: E402

SOURCE = Path(__file__).resolve().parents[2]
GUIDES = ("first-transfer-api", "first-transfer-cli", "first-transfer-sdk")
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.M | re.S)
ELSEWHERE = "another terminal"
DONE_ALREADY = {"./run demo --keep", "./run build"}  # main() has the first one running; who runs tests has built


def blocks(guide):
    """(language, title, text) in order."""
    return [match.groups() for match in BLOCK.finditer((SOURCE / "docs/guides" / f"{guide}.md").read_text(encoding="utf-8"))]


def like(expected):
    """A pattern for what a guide shows: blanks are alike, … is anything."""
    words = re.split(r"(\s+|…)", expected.strip())
    return re.compile("".join(".*?" if w == "…" else r"\s+" if w.isspace() else re.escape(w) for w in words if w), re.S)


def checkout(folder, build, place):
    """A folder that looks like the root of the tree to a guide: the build and the link of the demonstration."""
    (folder / "build").mkdir(parents=True)
    (folder / "build/dev").symlink_to(build)
    (folder / "build/demo").symlink_to(place)
    return folder


def script(guide, folder):
    """One shell script of all command blocks, each with its output in a file of its own; [(output file, expected | None)]."""
    lines, outputs = ["set -euo pipefail"], []
    for language, title, text in blocks(guide):
        if title == ELSEWHERE:
            if text.strip() not in DONE_ALREADY:
                raise SystemExit(f"{guide}: another terminal does {text.strip()}")
        elif title:  # a file, written at this place of the story
            lines += [f"cat >'{title}' <<'END OF FILE'", text.rstrip("\n"), "END OF FILE"]
        elif language == "sh":
            outputs.append([folder / f"{guide}.{len(outputs)}", None])
            lines += ["{", text.rstrip("\n"), f"}} >'{outputs[-1][0]}' 2>&1"]
        elif language == "text":
            outputs[-1][1] = text
        else:
            raise SystemExit(f"{guide}: a block of {language} that nobody uses")
    return "\n".join(lines) + "\n", outputs


def follow(guide, folder):
    """Does what a guide says in a folder that looks like a checkout. None, or what went wrong."""
    text, outputs = script(guide, folder)
    done = subprocess.run(["bash", "-c", text], cwd=folder, capture_output=True, text=True, timeout=400)
    shown = "\n".join(path.read_text() for path, _ in outputs if path.exists())
    if done.returncode != 0:
        return f"exit status {done.returncode}\n{shown}{done.stderr}"
    for path, expected in outputs:
        if expected is not None and not like(expected).search(path.read_text()):
            return f"the guide shows\n{expected}\nthe commands printed\n{path.read_text()}"
    print(f"ok     {guide}: {len(outputs)} command blocks, {sum(e is not None for _, e in outputs)} outputs as shown", flush=True)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    options = parser.parse_args()
    build = Path(options.build).resolve()
    if not Ethereum.program(SOURCE).exists():
        print("SKIPPED guides: no anvil; run npm ci in adapters/ethereum/contracts")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ustp-guides-") as name:
        folder = Path(name)
        place = folder / "demo"
        demo = Process("demo", [sys.executable, SOURCE / "tests/e2e/demo.py", "--build", build, "--keep", "--place", place],
                       folder / "demo.log", env=dict(os.environ, CI=""))
        try:
            def ready():
                if not demo.running():
                    raise RuntimeError(f"the demonstration ended:\n{demo.tail(40)}")
                return (place / "environment").exists()
            wait_until("the demonstration", ready, 90)
            for guide in GUIDES:
                wrong = follow(guide, checkout(folder / guide, build, place))
                if wrong:
                    failed += 1
                    print(f"FAILED {guide}: {wrong}", flush=True)
        finally:
            if demo.running():
                demo.child.send_signal(signal.SIGINT)
            demo.child.wait(60)
    print("the guides are true" if not failed else f"{failed} guides are not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
