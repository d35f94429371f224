"""Diagrams from the one table of the transfer machine, as spec/04-transfer.md shows it (a test holds that to the code)."""
import subprocess
from html import escape

SENDER_FIRST, RECIPIENT_FIRST = "proposed", "accepted"
GOOD, BAD, DOUBT = {"completed", "received", "assigned"}, {"aborted", "refused"}, {"in_doubt", "decided_unexecutable", "undelivered", "suspended"}


def rows(text):
    """(from, event, to, does, id) of every row between the table's marks."""
    table = text.split("<!-- table: begin -->", 1)[1].split("```", 1)[0]
    found = []
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 5 and cells[4].startswith("USTP-"):
            found.append(tuple(cells))
    return found


def side(table, first):
    """The states that are reached from `first`, in the order of the table."""
    states, grew = [first], True
    while grew:
        grew = False
        for before, _, after, _, _ in table:
            if before in states and after not in states:
                states.append(after)
                grew = True
    return states


def state_diagram(table, first):
    states = side(table, first)
    edges = {}
    for before, event, after, _, _ in table:
        if after in states and before != after and (before in states or before == "none"):
            edges.setdefault((before, after), []).append(event)
    ends = [s for s in states if not any(b == s and a != s for b, _, a, _, _ in table)]
    out = ['digraph { rankdir=TB; nodesep=.35; ranksep=.45; bgcolor="white";',
           'node [shape=box style="rounded,filled" fontname="Helvetica" fontsize=12 fillcolor="#eef1fb" color="#3f51b5"];',
           'edge [fontname="Helvetica" fontsize=9 color="#555555" fontcolor="#333333"];',
           'none [shape=circle label="" width=.18 fillcolor="#3f51b5"];']
    for state in states:
        colour = ("#dff3e3" if state in GOOD else "#fbe3e3" if state in BAD else "#fff1d6" if state in DOUBT else "#eef1fb")
        out.append(f'"{state}" [fillcolor="{colour}"{" peripheries=2" if state in ends else ""}];')
    for (before, after), events in edges.items():
        label = "\\n".join(dict.fromkeys(events))
        heavy = " penwidth=2 color=\"#3f51b5\"" if after not in BAD | DOUBT | {"unlocking", "destroying"} else ""
        out.append(f'"{before}" -> "{after}" [label="{label}"{heavy}];')
    return drawn("\n".join(out) + "}")


def drawn(dot):
    done = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"dot: {done.stderr}")
    return done.stdout


def way_forward(table):
    """The messages of a transfer that completes, in order: (from the sender, name, state before, state after, does)."""
    steps, state, event = [], {"sender": "none", "recipient": "none"}, "order"
    who = "sender"
    by = {(before, on): (after, does) for before, on, after, does, _ in table}
    ledger = {"lock": "lock final", "extinguish": "extinguish final", "create": "create final", "assign": "assign final"}
    while True:
        on = event
        if (state[who], on) not in by:
            on = next((e for b, e in by if b == state[who] and e.startswith(event)), None)
            if on is None:
                return steps
        after, does = by[(state[who], on)]
        steps.append((who, on, state[who], after, does))
        state[who] = after
        message = next((part.strip()[5:].split(" ")[0] for part in does.split(";") if part.strip().startswith("send ")), None)
        operation = next((part.strip()[8:] for part in does.split(";") if part.strip().startswith("ledger: ")), None)
        if operation in ledger:
            event = ledger[operation]
        elif message:
            event, who = message, "recipient" if who == "sender" else "sender"
        else:
            return steps


def sequence_diagram(table):
    steps = way_forward(table)
    left, right, top, gap = 250, 690, 60, 34
    out, y = [], top + 30
    for who, event, _, after, does in steps:
        x, anchor, inner = (left, "end", -12) if who == "sender" else (right, "start", 12)
        if event.endswith("final") and not event.startswith("ack"):
            out.append(f'<text x="{x + inner}" y="{y}" text-anchor="{anchor}" class="l">ledger: {escape(event)}</text>')
            y += gap - 12
        out.append(f'<circle cx="{x}" cy="{y - 4}" r="4" class="d"/><text x="{x + inner}" y="{y}" text-anchor="{anchor}" '
                   f'class="s">{escape(after)}</text>')
        y += gap - 14
        for part in (p.strip() for p in does.split(";") if p.strip()):
            if part.startswith("send "):
                a, b = (left, right) if who == "sender" else (right, left)
                out.append(f'<line x1="{a}" y1="{y}" x2="{b + (-8 if b > a else 8)}" y2="{y}" class="m"/>'
                           f'<text x="{(left + right) / 2}" y="{y - 5}" text-anchor="middle">{escape(part[5:])}</text>')
                y += gap
            else:
                out.append(f'<text x="{x + inner}" y="{y}" text-anchor="{anchor}" class="l">{escape(part)}</text>')
                y += gap - 14
    head = "".join(f'<text x="{x}" y="34" text-anchor="middle" class="h">{name}</text><line x1="{x}" y1="44" x2="{x}" '
                   f'y2="{y}" class="v"/>' for x, name in ((left, "sender gateway"), (right, "recipient gateway")))
    style = ("text{font:12px Helvetica,Arial,sans-serif;fill:#222}.h{font-weight:bold;font-size:14px}.s{font-weight:bold;"
             "fill:#3f51b5}.l{fill:#777;font-style:italic}.v{stroke:#999}.m{stroke:#3f51b5;stroke-width:1.6;"
             "marker-end:url(#a)}.d{fill:#3f51b5}")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 940 {y + 20}" width="940" height="{y + 20}"><style>{style}'
            '</style><defs><marker id="a" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto"><path '
            f'd="M0,0 L7,3 L0,6 z" fill="#3f51b5"/></marker></defs><rect width="100%" height="100%" fill="white"/>{head}'
            f'{"".join(out)}</svg>')
