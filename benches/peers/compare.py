"""docmill beside what one would pick instead, in turns: the same work, the same input, one table a comparison.

    python3 -m venv venv && venv/bin/pip install -r benches/peers/requirements.txt
    venv/bin/python benches/peers/compare.py --docmill target/release/docmill

README.md says what is compared and what the columns mean. The tables are printed in Markdown, what goes on to
standard error.
"""

import argparse
import datetime
import importlib.metadata
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import inputs
from broken import broken_line
from comparisons import comparisons
from growth import growth
from measure import Figures, table

MANIFEST = ["--manifest-path", inputs.HERE.parent.parent / "Cargo.toml"]
CARGO = ["cargo", "run", "-q", "-r", *MANIFEST, "-p", "docmill-benches", "--bin", "corpus", "--"]
NAMES = "exact, near, tokens, unique-jsonl, unique-parquet, warc, growth or broken"
PEERS = ["datatrove", "spacy", "polars", "fastwarc", "orjson"]


def compare(comparison, corpus, turns, folder):
    files = comparison.make(corpus, folder / "in")
    one = inputs.cut(files, folder / "one", 1) if comparison.lines else inputs.archive(0, folder / "one")
    everyone = [Figures(contender) for contender in comparison.contenders]
    outs = [folder / f"out-{number}" for number in range(len(everyone))]
    for turn in range(turns + 1):
        print(f"{comparison.name}: turn {turn} of {turns}", file=sys.stderr)
        for figures, out in zip(everyone, outs, strict=True):
            contender = figures.contender
            took = contender.run(files, out, folder / "log", sample=turn == 0)
            if took.code:
                log = (folder / "log").read_text(errors="replace")[-2000:]
                raise SystemExit(f"{contender.name} ended with code {took.code}: {log}")
            if turn:
                figures.turns.append(took)
            else:
                # The first turn only warms up, and is looked at.
                figures.memory = took.memory
        if turn == 0:
            contenders = zip(comparison.contenders, outs, strict=True)
            alike = comparison.check([(f"{each.name} on {each.threads}", each.read(out)) for each, out in contenders])
            for figures in everyone:
                runs = [figures.contender.run(one, folder / "start", folder / "log").cpu for _ in range(3)]
                figures.start = statistics.median(runs)
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    yield f"### {comparison.title}\n"
    yield from table(everyone, megabytes)
    yield f"\n{megabytes:.0f} MB of input, {turns} turn{'s' * (turns > 1)}. {alike}\n"


def machine(program):
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    try:
        peers = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PEERS)
    except importlib.metadata.PackageNotFoundError as missing:
        command = f"{sys.executable} -m pip install -r {inputs.HERE}/requirements.txt"
        raise SystemExit(f"{missing}; run `{command}` first") from None
    model = "processor unknown"
    if pathlib.Path("/proc/cpuinfo").exists():
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    today = datetime.date.today().isoformat()
    return f"{today}, {model}, {os.cpu_count()} processors; {version}; Python {platform.python_version()}, {peers}."


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--docmill", required=True, type=pathlib.Path, help="the release build")
    parser.add_argument("--turns", type=int, default=5, help="beside one that warms up (5)")
    parser.add_argument("--only", action="append", metavar="NAME", help=NAMES)
    parser.add_argument("--corpus", help="the built generator; else cargo builds it")
    parser.add_argument("--dir", help="where to write, some 2 GB (a temporary folder)")
    asked = parser.parse_args()
    program, began = asked.docmill.resolve(), time.monotonic()
    corpus = [pathlib.Path(asked.corpus).resolve()] if asked.corpus else CARGO
    chosen = [each for each in comparisons(program) if not asked.only or each.name in asked.only]
    print(f"{machine(program)} Load before: {os.getloadavg()[0]:.1f}.\n", flush=True)
    if asked.dir:
        os.makedirs(asked.dir, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=asked.dir) as folder:
        for comparison in chosen:
            below = pathlib.Path(folder) / comparison.name
            below.mkdir()
            print("\n".join(compare(comparison, corpus, asked.turns, below)), flush=True)
            shutil.rmtree(below)
        for name, rows in [("growth", growth), ("broken", broken_line)]:
            if not asked.only or name in asked.only:
                print("\n".join(rows(comparisons(program), corpus, pathlib.Path(folder))), flush=True)
    print(f"\nLoad after: {os.getloadavg()[0]:.1f}; {(time.monotonic() - began) / 60:.0f} minutes.")


main()
