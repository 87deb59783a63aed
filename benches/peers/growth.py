"""How much memory the same work takes with four and sixteen times the input."""

import inputs

MEGABYTES = [32, 128, 512]


def growth(comparisons, corpus, folder):
    """A table of the most memory that Polars and docmill hold while they keep each text once, on one thread."""
    files = [inputs.in_one(inputs.corpus(corpus, size), folder / f"of-{size}") for size in MEGABYTES]
    yield "### MB of memory at most, by the size of the input, one thread\n"
    yield "| | " + " | ".join(f"{size} MB" for size in MEGABYTES) + " |"
    yield "|---|" + "--:|" * len(MEGABYTES)
    for comparison in comparisons:
        if comparison.name in ["unique-jsonl", "unique-parquet"]:
            for contender in comparison.contenders[:2]:
                runs = [contender.run(file, folder / "out", folder / "log", sample=True) for file in files]
                into = "JSON lines" if comparison.name == "unique-jsonl" else "Parquet"
                yield f"| {contender.name}, {into} | " + " | ".join(f"{run.memory / 1e6:.0f}" for run in runs) + " |"
    yield ""
