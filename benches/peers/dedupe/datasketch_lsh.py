"""Finds near-duplicates with datasketch, on documents that the example `planted` wrote: see README.md."""

import json
import re
import resource
import sys
import time

from datasketch import MinHash, MinHashLSH

SIMILARITY, SHINGLE, PERMUTATIONS = 0.65, 2, 256
WORD = re.compile(r"\w+")


def shingles(text):
    words = WORD.findall(text.lower())
    return {" ".join(words[at : at + SHINGLE]).encode() for at in range(max(1, len(words) - SHINGLE + 1))}


documents = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
size = sum(len(document["text"].encode()) for document in documents)

start = time.process_time()
# Weights of false positives and negatives: what is found is compared again below, so that recall is worth more.
index = MinHashLSH(threshold=SIMILARITY, num_perm=PERMUTATIONS, weights=(0.1, 0.9))
kept, dropped = {}, []
for document in documents:
    signature = MinHash(num_perm=PERMUTATIONS, seed=1)
    signature.update_batch(shingles(document["text"]))
    if any(kept[found].jaccard(signature) >= SIMILARITY for found in index.query(signature)):
        dropped.append(document["article"])
    else:
        kept[document["id"]] = signature
        index.insert(document["id"], signature)
seconds = time.process_time() - start

# Of an article's copies, all but the first must go.
copies = {}
for document in documents:
    copies[document["article"]] = copies.get(document["article"], -1) + 1
planted, right = sum(copies.values()), 0
for article in dropped:
    right += copies[article] > 0
    copies[article] -= 1
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(
    f"{len(documents)} documents, {size / 1e6:.1f} MB, {planted} copies: {len(dropped)} dropped, "
    f"recall {right / planted:.4f}, precision {right / len(dropped):.4f}, {seconds:.2f} s, "
    f"{size / 1e6 / seconds:.1f} MB/s; {peak:.0f} MB at most, with the documents"
)
