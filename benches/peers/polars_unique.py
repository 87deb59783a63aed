"""Filter, then keep each text once, with Polars: polars_unique.py [--ignore-errors] OUT.parquet|OUT.jsonl FILE...

Lazy, with the streaming engine, which sinks use. POLARS_MAX_THREADS says at how many threads.
"""

import sys

import polars


def main():
    out, *files = [argument for argument in sys.argv[1:] if argument != "--ignore-errors"]
    lines = polars.scan_ndjson(files, ignore_errors="--ignore-errors" in sys.argv)
    outlet = polars.col("metadata").struct.field("outlet")
    wanted = lines.filter((polars.col("text").str.len_chars() > 2500) & (outlet != "Harbour Post"))
    unique = wanted.unique(subset="text", keep="first", maintain_order=True)
    if out.endswith(".parquet"):
        unique.unnest("metadata").sink_parquet(out, compression="zstd", compression_level=1)
    else:
        unique.sink_ndjson(out)


main()
