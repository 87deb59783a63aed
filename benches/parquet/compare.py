"""Whole runs of docmill into Parquet against runs into JSON lines, in turn, from the same input.

    python3 benches/parquet/compare.py DOCMILL CORPUS.jsonl [PAIRS] [--stages] [--dir FOLDER]

Prints medians over pairs of runs after one that does not count: time on the clock, processor time of all threads,
peak memory (run.json) and the size of what is written; and Parquet's speed in parts of JSON lines'. `--stages` puts the
stages of pipelines/news-stance.toml between, without it documents only pass through. Two threads; FOLDER is deleted.
Make a corpus by `cargo run -r -p docmill-benches --bin corpus -- MEGABYTES`.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

STAGES = ["clean", "segment", "tag-entities", "score-stance"]


def measure(docmill, pipeline, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    command = [docmill, "run", pipeline, "--output", folder, "--threads", "2"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with open(os.path.join(folder, "run.json")) as file:
        report = json.load(file)
    written = sum(output["bytes"] for output in report["outputs"])
    shutil.rmtree(folder)
    return wall, cpu, report["peak-memory"] / 1e6, written / 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("docmill")
    parser.add_argument("corpus")
    parser.add_argument("pairs", nargs="?", type=int, default=5)
    parser.add_argument("--stages", action="store_true")
    parser.add_argument("--dir")
    asked = parser.parse_args()
    folder = asked.dir or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    stages = "".join(f'[[stage]]\nuse = "{name}"\n' for name in STAGES if asked.stages)
    runs = {"jsonl": [], "parquet": []}
    for pair in range(asked.pairs + 1):
        for sink, seen in runs.items():
            pipeline = os.path.join(folder, f"{sink}.toml")
            with open(pipeline, "w") as file:
                source = f'[source]\nuse = "jsonl"\npaths = ["{os.path.abspath(asked.corpus)}"]\n'
                file.write(f'name = "compare"\n{source}{stages}[[sink]]\nuse = "{sink}"\n')
            found = measure(asked.docmill, pipeline, os.path.join(folder, "out"))
            if pair > 0 or asked.pairs == 0:
                seen.append(found)
    megabytes = os.path.getsize(asked.corpus) / 1e6
    print(f"{megabytes:.0f} MB, {asked.pairs} pairs, load {os.getloadavg()[0]:.1f}")
    for sink, seen in runs.items():
        wall, cpu, memory, written = (statistics.median(column) for column in zip(*seen))
        speed = f"{megabytes / wall:.0f} MB/s, {megabytes / cpu:.0f} MB a second of processor time"
        print(f"{sink}: {wall:.2f} s, {cpu:.2f} s cpu, {speed}, {memory:.0f} MB peak, {written:.0f} MB written")
    for number, what in enumerate(["speed on the clock", "speed by processor time"]):
        ratios = [a[number] / b[number] for a, b in zip(runs["jsonl"], runs["parquet"])]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"parquet, in parts of jsonl's {what}: {statistics.median(ratios):.2f} ({spread})")
    shutil.rmtree(folder)


main()
