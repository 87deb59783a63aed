"""What is compared: for each comparison its inputs, who takes part, and how to see that all did the same work."""

import json
import pathlib
import sys
from dataclasses import dataclass

import inputs
from checks import check_kept, check_layers, check_pages, check_planted
from measure import Contender

HERE = pathlib.Path(__file__).resolve().parent


@dataclass
class Comparison:
    """`make(corpus, folder)` writes what is read and gives the files; `check(outputs)` ends the program where the work
    was not the same, and else says how alike it was. It gets a name and documents a contender, a peer's first."""

    name: str
    title: str
    make: object
    contenders: list
    check: object
    # Whether lines of JSON come in, of which one can be broken.
    lines: bool = True


def lines_of(*files):
    for file in files:
        with open(file, encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def rows_of(file):
    import polars

    return polars.read_parquet(file).iter_rows(named=True)


def docmill(program, pipeline, threads, name="docmill", settings=(), output="documents.jsonl"):
    def command(files, out):
        run = [program, "run", HERE / pipeline, "--output", out / "run", "--threads", threads, "--progress", "none"]
        run += [part for file in files for part in ("--input", file)]
        return run + [part for setting in settings for part in ("--set", setting)]

    read = rows_of if output.endswith(".parquet") else lines_of
    return Contender(name, threads, command, lambda out: read(out / "run" / output))


def with_and_without_map(program, pipeline, threads):
    """Without provenance, which is what the peers write, and with the map and a digest, which is the default."""
    yield docmill(program, pipeline, threads, "docmill without provenance")
    yield docmill(program, pipeline, threads, "docmill with the map", ["jsonl.provenance=map"])


def peer(name, threads, script, arguments, output, read, environment=None):
    def command(files, out):
        return [sys.executable, HERE / script, *arguments, out / output, *files]

    return Contender(name, threads, command, lambda out: read(out / output), environment or {}, peer=True)


def exact(program):
    def read(folder):
        return lines_of(*sorted(folder.glob("documents/*.jsonl")))

    everyone = []
    for threads in [1, 2]:
        everyone.append(peer("datatrove", threads, "datatrove_exact.py", [threads], "out", read))
        everyone += with_and_without_map(program, "exact.toml", threads)

    def make(corpus, folder):
        return inputs.in_halves(inputs.with_copies(inputs.corpus(corpus, 64)), folder)

    return Comparison("exact", "datatrove: filter, exact duplicates, JSON lines", make, everyone, check_kept)


def near(program):
    def read(folder):
        return lines_of(*sorted(folder.glob("documents/*.jsonl")))

    everyone = []
    for threads in [1, 2]:
        everyone.append(peer("datatrove", threads, "datatrove_near.py", [threads], "out", read))
        everyone += with_and_without_map(program, "near.toml", threads)

    def make(_, folder):
        return inputs.in_halves(inputs.near_copies(4), folder)

    title = "datatrove: near-duplicates by MinHash, JSON lines"
    return Comparison("near", title, make, everyone, check_planted)


def unique(program, sink):
    parquet, everyone = sink == "parquet", []
    for threads in [1, 2]:
        limit, read = {"POLARS_MAX_THREADS": str(threads)}, rows_of if parquet else lines_of
        everyone.append(peer("Polars", threads, "polars_unique.py", [], f"out.{sink}", read, limit))
        if parquet:
            everyone.append(docmill(program, "unique-parquet.toml", threads, output="documents.parquet"))
        else:
            everyone += with_and_without_map(program, "unique-jsonl.toml", threads)

    def make(corpus, folder):
        return inputs.in_one(inputs.with_copies(inputs.corpus(corpus, 128)), folder)

    title = f"Polars: filter, each text once, {'Parquet' if parquet else 'JSON lines'}"
    return Comparison(f"unique-{sink}", title, make, everyone, check_kept)


def tokens(program):
    everyone = []
    for threads in [1, 2]:
        everyone.append(peer("spaCy", threads, "spacy_tokens.py", [threads], "out.jsonl", lines_of))
        everyone += with_and_without_map(program, "tokens.toml", threads)

    def make(corpus, folder):
        return inputs.in_one(inputs.corpus(corpus, 8), folder)

    return Comparison("tokens", "spaCy: sentences and tokens, JSON lines", make, everyone, check_layers)


def warc(program):
    loop = Contender(
        "FastWARC and json",
        1,
        lambda files, out: [sys.executable, HERE / "fastwarc_loop.py", *files, out / "out.jsonl"],
        lambda out: lines_of(out / "out.jsonl"),
        peer=True,
    )

    def make(_, folder):
        return inputs.archive(40, folder)

    everyone = [loop, *with_and_without_map(program, "warc.toml", 1), *with_and_without_map(program, "warc.toml", 2)]
    title = "FastWARC: web archive to JSON lines (MB compressed)"
    return Comparison("warc", title, make, everyone, check_pages, lines=False)


def comparisons(program):
    return [
        exact(program),
        near(program),
        tokens(program),
        unique(program, "jsonl"),
        unique(program, "parquet"),
        warc(program),
    ]
