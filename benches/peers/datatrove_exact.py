"""Filter, then drop exact duplicates, with datatrove: datatrove_exact.py TASKS OUT FILE...

As its own example of exact deduplication does it: signatures, the search among them, the filter, one executor after
the other. What passes the filter is written on the way, so that the filter runs once; that is faster than to read
and filter all a second time.
"""

import os
import pathlib
import re
import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import ExactDedupFilter, ExactDedupSignature, ExactFindDedups
from datatrove.pipeline.dedup.exact_dedup import ExactDedupConfig
from datatrove.pipeline.filters import LambdaFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

COOKIES = re.compile("(?i)cookies? to improve")


def is_wanted(document):
    if document.metadata["outlet"] == "Harbour Post" or len(document.text.split()) < 400:
        return False
    return not COOKIES.search(document.text)


def text_of(document) -> str:
    return document.text


def main():
    tasks, out, files = int(sys.argv[1]), pathlib.Path(sys.argv[2]), [pathlib.Path(file) for file in sys.argv[3:]]
    config = ExactDedupConfig(content_getter=text_of)

    def reader(folder):
        return JsonlReader(str(folder), compression=None, add_file_path=False)

    def writer(name):
        return JsonlWriter(str(out / name), compression=None)

    def folder(name):
        return str(out / name)

    source = os.path.commonpath([file.parent for file in files])
    signatures = ExactDedupSignature(folder("signatures"), config, finder_workers=tasks)
    steps = [
        [reader(source), LambdaFilter(is_wanted), writer("wanted"), signatures],
        [ExactFindDedups(folder("signatures"), folder("duplicates"), config)],
        [reader(out / "wanted"), ExactDedupFilter(folder("duplicates"), config), writer("documents")],
    ]
    for number, pipeline in enumerate(steps):
        LocalPipelineExecutor(pipeline, tasks=tasks, logging_dir=folder(f"logs-{number}")).run()


# Workers are started anew and import this file.
if __name__ == "__main__":
    main()
