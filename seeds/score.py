#!/usr/bin/env python3
"""Compares a run's documents.jsonl with gold.jsonl (beside this script).

    score.py out/documents.jsonl [--errors]

Lines: those of the clean text, white space aside; lines marked "either" count neither way.
Entities: span and label equal. Stances: holder, target and sign equal, clauses overlapping.
Where the clean text differs from the gold's, its words are aligned first, and a span stands for the
gold's words at its two ends; one that begins or ends in words the gold lacks is an error.
A document missing from the run counts as empty. --errors lists every difference.
"""

import json
import re
import sys
from bisect import bisect_right
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

HERE = Path(__file__).resolve().parent
EMPTY = {"text": "", "layers": {}}
LABELS = ("PERSON", "ORG", "GPE", "LOC", "NORP")


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def name(document):
    """The article's file name: from the origin, else the id."""
    return Path((document.get("origin") or {}).get("uri") or document["id"]).name


def lines(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def either_lines(numbers):
    raw = (HERE / "articles" / numbers["doc"]).read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("windows-1252")
    every = text.replace("\r\n", "\n").split("\n")
    return Counter(" ".join(every[n - 1].split()) for n in numbers["either"])


def aligned(text, gold_text):
    """A function from a span of `text` to a span of `gold_text`, or None."""
    here, there = ([(m.start(), m.group()) for m in re.finditer(r"\S+", t)] for t in (text, gold_text))
    matcher = SequenceMatcher(None, [w for _, w in here], [w for _, w in there], autojunk=False)
    shift = {}
    for block in matcher.get_matching_blocks():
        for i in range(block.size):
            start, word = here[block.a + i]
            shift[start] = (start + len(word), there[block.b + i][0] - start)
    starts = sorted(shift)

    def place(offset):
        i = bisect_right(starts, offset) - 1
        if i < 0 or offset >= shift[starts[i]][0]:
            return None
        return offset + shift[starts[i]][1]

    def span(annotation):
        first, last = place(annotation["start"]), place(annotation["end"] - 1)
        return None if first is None or last is None or last < first else (first, last + 1)

    return span


class Count:
    """True positives, what the run says, what the gold says."""

    def __init__(self, true=0, said=0, gold=0):
        self.true, self.said, self.gold = true, said, gold

    def add(self, true, said, gold):
        self.true, self.said, self.gold = self.true + true, self.said + said, self.gold + gold

    def __str__(self):
        precision = self.true / self.said if self.said else 0.0
        recall = self.true / self.gold if self.gold else 0.0
        f1 = 2 * self.true / (self.said + self.gold) if self.said + self.gold else 0.0
        return f"P {precision:6.1%}  R {recall:6.1%}  F1 {f1:6.1%}  ({self.true} right, {self.said} said, {self.gold} gold)"


def share(right, of):
    return f"{right}/{of}" + (f" = {right / of:.1%}" if of else "")


def sign(stance):
    return (stance["polarity"] > 0) - (stance["polarity"] < 0)


def pairs(gold, said, agree):
    """Each gold stance with at most one of the run's: the one that shares most of its clause."""
    free = list(said)
    for g in gold:
        def shared(s):
            return min(g["end"], s["span"][1]) - max(g["start"], s["span"][0]) if s["span"] and agree(g, s) else 0
        best = max(free, key=shared, default=None)
        if best is not None and shared(best) > 0:
            free.remove(best)
            yield g, best


def main():
    arguments = [a for a in sys.argv[1:] if a != "--errors"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    errors = len(arguments) < len(sys.argv) - 1
    run = {name(d): d for d in read(arguments[0])}
    line_count, entity_count, stance_count, pair_count = Count(), Count(), Count(), Count()
    by_label = {label: Count() for label in LABELS}
    agreed = Counter()

    def tell(*what):
        if errors:
            print(*what)

    for gold, numbers in zip(read(HERE / "gold.jsonl"), read(HERE / "lines.jsonl")):
        id, text = gold["id"], gold["text"]
        document = run.get(id, EMPTY)
        if document is EMPTY:
            print(f"{id}: not in the run")
        if document.get("offsets", "chars") != "chars":
            sys.exit(f"{id}: offsets are {document['offsets']}, want chars")

        want, have = Counter(lines(text)), Counter(lines(document["text"]))
        have -= either_lines(numbers) - want
        line_count.add((want & have).total(), have.total(), want.total())
        for line in want - have:
            tell(f"{id} line lost: {line}")
        for line in have - want:
            tell(f"{id} line left: {line}")

        span = aligned(document["text"], text)
        gold_entities = {(e["start"], e["end"], e["label"]): e for e in gold["layers"]["entities"]}
        said_entities = [((*(span(e) or (None, None)), e["label"]), e) for e in document["layers"].get("entities", [])]
        found = {key: e for key, e in said_entities if key in gold_entities}
        entity_count.add(len(found), len(said_entities), len(gold_entities))
        for label in LABELS:
            by_label[label].add(*(sum(k[2] == label for k in keys) for keys in (found, [k for k, _ in said_entities], gold_entities)))
        for key, e in gold_entities.items():
            if key not in found:
                tell(f"{id} entity missed: {text[e['start']:e['end']]} {e['label']} at {e['start']}")
                continue
            agreed["entity"] += found[key].get("entity") == e["entity"]
            same = found[key].get("actor") == e.get("actor")
            agreed["actor"] += same
            if not same:
                tell(f"{id} actor of {text[e['start']:e['end']]} at {e['start']}: {found[key].get('actor')}, gold {e.get('actor')}")
        for key, e in said_entities:
            if key not in gold_entities:
                tell(f"{id} entity wrong: {document['text'][e['start']:e['end']]} {e['label']}")

        gold_stances = gold["layers"]["stances"]
        said_stances = [{**s, "span": span(s)} for s in document["layers"].get("stances", [])]

        def same_pair(g, s):
            return (g["holder"], g["target"]) == (s["holder"], s["target"])

        matched = list(pairs(gold_stances, said_stances, lambda g, s: same_pair(g, s) and sign(g) == sign(s)))
        stance_count.add(len(matched), len(said_stances), len(gold_stances))
        pair_count.add(len(list(pairs(gold_stances, said_stances, same_pair))), len(said_stances), len(gold_stances))
        for g, s in matched:
            for what in ("kind", "channel", "polarity"):
                agreed[what] += g[what] == s.get(what)
        rest = (
            ("missed", text, [g for g in gold_stances if all(g is not m for m, _ in matched)]),
            ("wrong", document["text"], [s for s in said_stances if all(s is not m for _, m in matched)]),
        )
        for what, words, stances in rest:
            for s in stances:
                tell(f"{id} stance {what}: {s['holder']} -> {s['target']} {s['polarity']:+}: {words[s['start']:s['end']]}")

    print(f"lines     {line_count}")
    print(f"entities  {entity_count}")
    for label in LABELS:
        print(f"  {label:7} {by_label[label]}")
    print(f"  of those right: same entity {share(agreed['entity'], entity_count.true)}, same actor {share(agreed['actor'], entity_count.true)}")
    print(f"stances   {stance_count}")
    print(f"  pair    {pair_count} (sign aside)")
    print("  of those right: " + ", ".join(f"same {what} {share(agreed[what], stance_count.true)}" for what in ("kind", "channel", "polarity")))


if __name__ == "__main__":
    main()
