"""The error page: one anchor for each code of spec/registry, where the API's answers point to."""
import re

CATEGORIES = {
    "input": "What was given does not have the form it must have. Mend the request; sending the same again gives the same.",
    "wire": "A frame or message between gateways cannot be read or is not authentic. The other gateway's operator looks there.",
    "protocol": "A message does not fit the transfer it belongs to.",
    "token": "A rule of the instrument, the account or the participant stands against the transfer.",
    "ledger": "The ledger refused, or cannot say yet.",
    "journal": "The gateway's journal. Its operator must look: `ustp-journal verify`, and the guide to running a gateway.",
    "api": "How the API was called.",
    "governance": "Statements of the authority and the rights of who asks.",
}


def rows(path):
    with open(path, encoding="utf-8") as file:
        header = file.readline().rstrip("\n").split(",")
        # The text is the last column and may hold commas.
        return [dict(zip(header, line.rstrip("\n").split(",", len(header) - 1))) for line in file if line.strip()]


def what_to_do(row):
    if row["retryable"] == "yes":
        return "The same request may succeed later. Repeat it with growing pauses; an order with its Idempotency-Key."
    return "The same request gives the same answer. Change what the text names before asking again."


def at_a_terminal(root):
    """code -> the line that `ustp` prints below an error (sdk/cli/advice.cpp)."""
    found, codes = {}, []
    for line in (root / "sdk/cli/advice.cpp").read_text(encoding="utf-8").splitlines():
        case, said = re.search(r"case Code::(\w+):", line), re.search(r'return "(.*)";', line)
        if case:
            codes.append(case[1])
        elif said:
            found.update(dict.fromkeys(codes, said[1]))
            codes = []
    return found


def page(root):
    errors = rows(root / "spec/registry/errors.csv")
    reasons = {row["name"]: row for row in rows(root / "spec/registry/reasons.csv")}
    out = ["# Errors", f"All {len(errors)} codes of the messages between gateways, the API, the logs and the ledgers' refusals. "
           "In the API an error is a problem (RFC 9457) whose `code` is the name below. Programs act on the code alone; `detail` "
           "is for people. What a refusal does: [chapter 06](../spec/06-errors.md).", ""]
    advice = at_a_terminal(root)
    unknown = {row["category"] for row in errors} - set(CATEGORIES)
    if unknown:
        raise SystemExit(f"categories without words: {', '.join(sorted(unknown))}")
    for category, words in CATEGORIES.items():
        out += [f"## {category}", words, ""]
        for row in (r for r in errors if r["category"] == category):
            out += [f"### {row['name']} {{ #{row['name']} }}", f"{row['text'][:1].upper()}{row['text'][1:]}.", ""]
            facts = [f"number {row['number']}", f"HTTP {row['http']}",
                     "may succeed later" if row["retryable"] == "yes" else "not retryable"]
            if row["satp"]:
                facts.append(f"SATP `{row['satp']}`")
            reason = reasons.get(row["name"])
            if reason:
                facts.append(f"ISO 20022 `{reason['iso_status']}` `{reason['iso_reason']}`")
                facts.append(f"MT 548 `{reason['mt548']}`")
                if reason["evm"]:
                    facts.append("contract `" + "`, `".join(reason["evm"].split("|")) + "`")
                facts.append(f"told to: {reason['disclosure']}")
            out += [" · ".join(facts), "", what_to_do(row), ""]
            if row["name"] in advice:
                out += [f"At a terminal: {advice[row['name']]}.", ""]
    return "\n".join(out) + "\n"
