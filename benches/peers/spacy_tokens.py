"""Sentences and tokens with spaCy: spacy_tokens.py PROCESSES OUT.jsonl FILE...

A blank English pipeline (its tokenizer and its splitter by punctuation, which is told that line breaks end a sentence
too: no model). Positions are taken from arrays, as is fastest, and written in docmill's form.
"""

import sys

import numpy
import orjson
import spacy
from spacy.attrs import IDX, IS_PUNCT, IS_SPACE, LENGTH, LIKE_NUM, SENT_START

WORD, NUMBER, PUNCTUATION = 0, 1, 2
NAMES = ["word", "number", "punctuation"]
STOPS = [".", "!", "?", "…", "\n", "\n\n"]


def documents(files):
    for file in files:
        with open(file, "rb") as lines:
            for line in lines:
                document = orjson.loads(line)
                yield document["text"], document


def layers(doc):
    start, length, opens, space, punctuation, number = doc.to_array(
        [IDX, LENGTH, SENT_START, IS_SPACE, IS_PUNCT, LIKE_NUM]
    ).T.astype(numpy.int64)
    # spaCy makes tokens of white space too.
    seen = space == 0
    sentence, end = numpy.cumsum(opens == 1)[seen], (start + length)[seen]
    start, kind = start[seen], numpy.where(punctuation, PUNCTUATION, numpy.where(number, NUMBER, WORD))[seen]
    first = numpy.flatnonzero(numpy.diff(sentence, prepend=-1))
    last = numpy.append(first[1:], len(sentence)) - 1
    tokens = zip(start.tolist(), end.tolist(), kind.tolist())
    return {
        "sentences": [{"start": a, "end": b} for a, b in zip(start[first].tolist(), end[last].tolist())],
        "tokens": [{"start": a, "end": b, "label": NAMES[kind]} for a, b, kind in tokens],
    }


def main():
    processes, out, files = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": STOPS})
    with open(out, "wb") as lines:
        for doc, document in nlp.pipe(documents(files), as_tuples=True, n_process=processes, batch_size=100):
            lines.write(orjson.dumps(document | {"layers": layers(doc)}, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
