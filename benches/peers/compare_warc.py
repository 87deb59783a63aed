"""docmill against FastWARC and json, in turns: compare_warc.py DOCMILL FILE.warc.gz [TURNS]

Prints the medians of processor time and wall time of whole processes, and their ratios. Checks first that both
give the same documents.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent


def run(command, folder):
    start, before = time.monotonic(), os.times()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, time.monotonic() - start


def documents(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            metadata = document["metadata"]
            yield document["id"].removeprefix("<urn:uuid:").removesuffix(">"), document["text"], metadata["url"], metadata["date"]


def main():
    docmill, archive = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    turns = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory() as folder:
        ours = [docmill, "run", HERE.resolve() / "warc.toml", "--input", archive]
        commands = {
            "FastWARC and json": [sys.executable, HERE.resolve() / "fastwarc_loop.py", archive, "loop.jsonl"],
            "docmill, no provenance, 1 thread": [*ours, "--threads", "1"],
            "docmill, no provenance, 2 threads": [*ours, "--threads", "2"],
            "docmill, with the map, 1 thread": [*ours, "--threads", "1", "--set", "jsonl.provenance=map"],
            "docmill, with the map, 2 threads": [*ours, "--threads", "2", "--set", "jsonl.provenance=map"],
        }
        found = {name: [] for name in commands}
        for turn in range(turns + 1):
            for name, command in commands.items():
                took = run(command, folder)
                if turn:  # The first only warms up.
                    found[name].append(took)
            if not turn:
                pairs = zip(documents(f"{folder}/loop.jsonl"), documents(f"{folder}/out/documents.jsonl"), strict=True)
                assert all(loop == mill for loop, mill in pairs), "the documents differ"
        loops = found["FastWARC and json"]
        print(f"{'':36}{'cpu s':>8}{'wall s':>8}{'cpu x':>8}{'wall x':>8}")
        for name, took in found.items():
            cpu, wall = (statistics.median(one) for one in zip(*took))
            # Ratios are of neighbours in time, then their median.
            ratios = [[a / b for a, b in zip(loop, one)] for loop, one in zip(loops, took)]
            cpu_ratio, wall_ratio = (statistics.median(one) for one in zip(*ratios))
            print(f"{name:36}{cpu:8.2f}{wall:8.2f}{cpu_ratio:8.2f}{wall_ratio:8.2f}")


main()
