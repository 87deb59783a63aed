"""Drop near-duplicates with datatrove: datatrove_near.py TASKS OUT FILE...

Its four steps of MinHash, with its own 14 buckets of 8 hashes. Shingles have two words, as docmill's: of its own five,
a copy with one word in twenty exchanged shares too few to be found.
"""

import os
import pathlib
import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter


def main():
    tasks, out, files = int(sys.argv[1]), pathlib.Path(sys.argv[2]), [pathlib.Path(file) for file in sys.argv[3:]]
    config = MinhashConfig(n_grams=2)
    signatures, buckets, removed = (str(out / name) for name in ["signatures", "buckets", "removed"])
    source = os.path.commonpath([file.parent for file in files])
    reader = JsonlReader(source, compression=None, add_file_path=False)
    # Buckets are divided among tasks; clusters are made by one.
    steps = [
        (tasks, [reader, MinhashDedupSignature(signatures, config)]),
        (config.num_buckets, [MinhashDedupBuckets(signatures, buckets, config=config)]),
        (1, [MinhashDedupCluster(buckets, removed, config=config)]),
        (tasks, [reader, MinhashDedupFilter(removed), JsonlWriter(str(out / "documents"), compression=None)]),
    ]
    for number, (count, pipeline) in enumerate(steps):
        LocalPipelineExecutor(pipeline, tasks=count, workers=tasks, logging_dir=str(out / f"logs-{number}")).run()


if __name__ == "__main__":
    main()
