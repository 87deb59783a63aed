"""What becomes of a thousand documents when one line is cut off in its middle."""

import inputs
from comparisons import lines_of, peer

LINES, AT = 1000, 500


def broken_line(comparisons, corpus, folder):
    """A table of what each of the peers does, and docmill."""
    yield f"### One of {LINES} lines is cut off in its middle\n"
    yield "| | exit code | documents written | from the whole lines | what it says |"
    yield "|---|--:|--:|--:|---|"
    files = inputs.in_one(inputs.corpus(corpus, 8), folder / "whole")
    everything = inputs.cut(files, folder / "cut", LINES)[0].read_bytes().splitlines(keepends=True)
    good, bad = folder / "good" / "all.jsonl", inputs.broken(files, folder / "bad", LINES, AT)
    good.parent.mkdir()
    good.write_bytes(b"".join(everything[:AT] + everything[AT + 1 :]))
    for contender in contenders(comparisons):
        contender.run([good], folder / "out", folder / "log")
        wanted = ids(contender, folder / "out")
        took = contender.run(bad, folder / "out", folder / "log")
        found = ids(contender, folder / "out")
        row = [contender.name, str(took.code), str(len(found)), f"{len(found & wanted)} of {len(wanted)}", word(folder)]
        yield "| " + " | ".join(row) + " |"


def contenders(comparisons):
    """The peers on one thread, Polars also when it is told to go on, and docmill."""
    by_name = {each.name: each for each in comparisons}
    for name in ["exact", "tokens", "unique-jsonl"]:
        yield by_name[name].contenders[0]
    limit = {"POLARS_MAX_THREADS": "1"}
    yield peer("Polars, `ignore_errors`", 1, "polars_unique.py", ["--ignore-errors"], "out.jsonl", lines_of, limit)
    yield by_name["exact"].contenders[1]


def ids(contender, out):
    try:
        return {document["id"] for document in contender.read(out)}
    except (OSError, ValueError):
        return set()


def word(folder):
    """The dead letter, or the last line that tells of an error."""
    letters = folder / "out/run/dead-letters.jsonl"
    if letters.exists():
        told = [(code(letter["error"]), code(letter["origin"]["locator"])) for letter in lines_of(letters)]
        return "; ".join(f"{error}, at {place}" for error, place in told)
    lines = (folder / "log").read_text(errors="replace").splitlines()
    told = [line for line in lines if "rror" in line and "ignore_errors" not in line]
    return code(told[-1].rsplit(" - ")[-1].strip()[:160]) if told else "nothing"


def code(text):
    return f"`{text.replace('`', '')}`"
