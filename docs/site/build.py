#!/usr/bin/env python3
"""Builds the documentation site: pinned packages into a folder of the build, pages assembled from the tree, links checked.

  docs/site/build.py [FOLDER]     default build/docs; the site is FOLDER/site/index.html

Exit status 77, with a line that begins SKIPPED, when the packages or Graphviz cannot be had.
"""
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SKIPPED = 77


def interpreter(folder):
    """A Python that has exactly the pinned packages, or None."""
    python, wanted = folder / "bin" / "python", HERE / "requirements.txt"
    mark = folder / "packages"
    if mark.exists() and mark.read_text() == wanted.read_text():
        return python
    try:
        venv.create(folder, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"SKIPPED documentation: no virtual environment can be made here ({error})")
        return None
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1",
                           "--timeout", "30", "--require-hashes", "-r", wanted], capture_output=True, text=True)
    if done.returncode != 0:
        print(f"SKIPPED documentation: its packages cannot be installed ({done.stderr.strip().splitlines()[-1:]})")
        return None
    mark.write_text(wanted.read_text())
    return python


def main(arguments):
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0] if arguments else ROOT / "build/docs").resolve()
    if not shutil.which("dot"):
        print("SKIPPED documentation: no dot (Debian package graphviz)")
        return SKIPPED
    folder.mkdir(parents=True, exist_ok=True)
    python = interpreter(folder / "venv")
    if python is None:
        return SKIPPED
    environment = dict(os.environ, NO_MKDOCS_2_WARNING="1", PYTHONDONTWRITEBYTECODE="1")
    for command in ([python, HERE / "assemble.py", folder],
                    [python, "-m", "mkdocs", "--quiet", "build", "--strict", "--clean", "-f", folder / "mkdocs.yml"],
                    [python, HERE / "check_site.py", folder / "site"]):
        done = subprocess.run(command, env=environment)
        if done.returncode != 0:
            return 1
    print(f"{folder}/site/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
