"""Manual pages and completions as they are installed: well formed, and they know every command the programs know."""

import os
import shutil
import subprocess
import sys


def demand(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}")
    print(f"ok: {what}")


def said(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, **options)
    return done.returncode, (done.stdout + done.stderr).strip()


def check_manual(page, program):
    text = page.read_text()
    for command in (("mandoc", "-T", "lint", "-W", "warning", page), ("man", "--warnings", "-E", "UTF-8", "-P", "cat", "-l", page),
                    ("lexgrog", page)):
        if not shutil.which(command[0]):
            print(f"SKIPPED {command[0]} on {page.name}: it is not installed")
            continue
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, MANWIDTH="100", LC_ALL="C.UTF-8"))
        complaints = done.stderr + (done.stdout if command[0] == "mandoc" else "")
        demand(done.returncode == 0 and not complaints, f"{command[0]} takes {page.name} {complaints[:300]}")
    missing = [" ".join(c) for c in commands(program) if " ".join(c).replace("-", "\\-") not in text]
    demand(not missing, f"{page.name} has every command of {program.name} {missing or ''}")


def commands(program, words=()):
    """Every command without subcommands, as the program itself tells."""
    _, text = said(program, *words, "--help")
    names = [line.split()[0] for line in text.partition("\nSubcommands:\n")[2].split("\n\n")[0].splitlines() if line[:3].strip()]
    found = [leaf for name in names for leaf in commands(program, (*words, name))]
    return found or [(program.name, *words)]


def completes(shell, file, words):
    """What the shell offers for the last of the words."""
    array = " ".join(f"'{w}'" for w in words)
    if shell == "bash":
        script = (f'. "{file}"; COMP_WORDS=({array}); COMP_CWORD={len(words) - 1}; _{words[0].replace("-", "_")}; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
    else:  # what zsh's own functions would be given
        script = (f'_describe() {{ print -l -- "${{(@P)2}}" }}; compadd() {{ print -l -- "$@" }}; _files() {{ print FILES }}; '
                  f'words=({array}); CURRENT={len(words)}; PREFIX="{words[-1]}"; . "{file}"')
    status, told = said(shell, *(("-f",) if shell == "zsh" else ("--norc",)), "-c", script)
    demand(status == 0, f"{shell} reads {file.name}" + (f": {told}" if status else ""))
    return {line.split(":")[0] for line in told.splitlines()}


def check(prefix, programs):
    for name, section in programs.items():
        check_manual(prefix / f"share/man/man{section}/{name}.{section}", prefix / "bin" / name)
    files = {"bash": "share/bash-completion/completions/ustp", "zsh": "share/zsh/vendor-completions/_ustp"}
    for shell, file in files.items():
        if not shutil.which(shell):
            print(f"SKIPPED completion for {shell}: it is not installed")
            continue
        for words, wanted in ((("ustp", ""), {"transfer", "keys", "evidence"}), (("ustp", "transfer", ""), {"start", "watch"}),
                              (("ustp", "transfer", "start", "--"), {"--instrument", "--from"}),
                              (("ustp", "keys", "new", "--algorithm", ""), {"es256", "ed25519"})):
            offered = completes(shell, prefix / file, words)
            demand(wanted <= offered, f"{shell} completes `{' '.join(words)}`" + ("" if wanted <= offered else f": {offered}"))
    for name in programs:
        for shell, file in (("bash", f"share/bash-completion/completions/{name}"), ("zsh", f"share/zsh/vendor-completions/_{name}")):
            if shutil.which(shell):
                demand(said(shell, "-n", prefix / file)[0] == 0, f"{shell} takes the completion of {name}")
