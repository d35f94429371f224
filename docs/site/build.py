#!/usr/bin/env python3
"""Builds the documentation site: pinned packages into a folder of the build, pages assembled from the tree, links checked.

  docs/site/build.py [FOLDER]     default build/docs; the site is FOLDER/site/index.html

Exit status 77, with a line that begins SKIPPED, when the packages or Graphviz cannot be had.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SKIPPED = 77
sys.path.insert(0, str(ROOT / "tools"))
import pinned_packages  # noqa: E402


def main(arguments):
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0] if arguments else ROOT / "build/docs").resolve()
    if not shutil.which("dot"):
        print("SKIPPED documentation: no dot (Debian package graphviz)")
        return SKIPPED
    folder.mkdir(parents=True, exist_ok=True)
    try:
        python = pinned_packages.interpreter(folder / "venv", HERE / "requirements.txt")
    except pinned_packages.Unavailable as why:
        print(f"SKIPPED documentation: {why}")
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
