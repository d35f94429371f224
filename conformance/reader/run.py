#!/usr/bin/env python3
"""Runs the second reader for ctest: its packages into a folder of the build, the vectors through it, and what it builds
through the first reader.

  run.py FOLDER USTP_VECTORS     exit status 77, with a line that begins SKIPPED, when its packages cannot be had
"""
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VECTORS = HERE.parents[1] / "spec" / "vectors"
SKIPPED = 77


def interpreter(folder):
    """A Python that has the pinned packages, or None."""
    python, wanted = folder / "bin" / "python", HERE / "requirements.txt"
    mark = folder / "packages"
    if mark.exists() and mark.read_text() == wanted.read_text():
        return python
    try:
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"SKIPPED second reader: no virtual environment can be made here ({error})")
        return None
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1",
                           "--timeout", "15", "-r", wanted], capture_output=True, text=True)
    if done.returncode != 0:
        print(f"SKIPPED second reader: its packages cannot be installed ({done.stderr.strip().splitlines()[-1:]})")
        return None
    mark.write_text(wanted.read_text())
    return python


def main(folder, ustp_vectors):
    python = interpreter(Path(folder))
    if python is None:
        return SKIPPED
    reader, built = HERE / "reader.py", Path(folder) / "built.json"
    for command in ([python, reader, "read", VECTORS], [python, reader, "build", VECTORS, built],
                    [ustp_vectors, "check", built]):
        if subprocess.run(command).returncode != 0:
            return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
