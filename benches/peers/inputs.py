"""Makes what the comparisons read. Same arguments, same bytes."""

import itertools
import json
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
COPIES, SHOUTED = 0.10, 0.01


def corpus(command, megabytes):
    """The lines of the generator of this repository."""
    with subprocess.Popen([*command, str(megabytes)], stdout=subprocess.PIPE) as made:
        yield from made.stdout
    if made.returncode:
        raise SystemExit(f"`{' '.join(map(str, command))}` failed")


def with_copies(lines):
    """After one line in ten, a copy of an earlier one, under an id and from an outlet of its own; after one in a
    hundred, one in capitals, which is the same text to docmill's `dedupe`, and another one to who compares bytes."""
    chance, texts, outlets = random.Random(1), [], ["Example Herald", "Harbour Post", "Northern Gazette"]
    for number, line in enumerate(lines):
        yield line
        texts.append(json.loads(line)["text"])
        drawn = chance.random()
        if drawn < COPIES + SHOUTED:
            text = chance.choice(texts)
            text = text.upper() if drawn < SHOUTED else text
            metadata = {"outlet": chance.choice(outlets), "date": "2026-03-30"}
            copy = {"id": f"copy-{number:08}", "metadata": metadata, "text": text}
            yield json.dumps(copy, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def near_copies(megabytes):
    """Articles of invented words, and after one in ten a copy of an earlier one with one word in twenty exchanged."""
    chance = random.Random(1)
    words = ["".join(chance.choices("etaoinshrdlucmfwypvbgk", k=chance.randint(2, 11))) for _ in range(30_000)]
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))
    articles, written = [], 0
    while written < megabytes * 1_000_000:
        copy, number = chance.random() < COPIES and articles, len(articles)
        if copy:
            number = chance.randrange(len(articles))
            text = [chance.choice(words) if chance.random() < 0.05 else word for word in articles[number]]
        else:
            text = chance.choices(words, cum_weights=weights, k=chance.randint(300, 600))
            articles.append(text)
        document = {"id": f"doc-{written:010}", "metadata": {"article": number}, "text": " ".join(text)}
        line = json.dumps(document).encode() + b"\n"
        written += len(line)
        yield line


def in_halves(lines, folder):
    """Writes lines to two files, since datatrove's tasks share nothing smaller than a file."""
    lines = list(lines)
    folder.mkdir(parents=True)
    files = [folder / "a.jsonl", folder / "b.jsonl"]
    for file, part in zip(files, [lines[: len(lines) // 2], lines[len(lines) // 2 :]]):
        file.write_bytes(b"".join(part))
    return files


def in_one(lines, folder):
    folder.mkdir(parents=True)
    file = folder / "all.jsonl"
    with open(file, "wb") as out:
        out.writelines(lines)
    return [file]


def archive(megabytes, folder):
    folder.mkdir(parents=True)
    file = folder / "pages.warc.gz"
    subprocess.run([sys.executable, HERE / "make_warc.py", str(megabytes), file], check=True)
    return [file]


def cut(files, folder, lines):
    """The first lines of each file, in files of the same names."""
    folder.mkdir(parents=True)
    made = []
    for file in files:
        with open(file, "rb") as whole:
            (folder / file.name).write_bytes(b"".join(itertools.islice(whole, lines)))
        made.append(folder / file.name)
    return made


def broken(files, folder, lines, at):
    """As `cut`, with line `at` (from 0) of the first file cut off in its middle."""
    made = cut(files, folder, lines)
    parts = made[0].read_bytes().splitlines(keepends=True)
    parts[at] = parts[at][: len(parts[at]) // 2] + b"\n"
    made[0].write_bytes(b"".join(parts))
    return made
