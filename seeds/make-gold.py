#!/usr/bin/env python3
"""Turns the hand-written gold/*.toml into gold.jsonl and lines.jsonl (beside this script).

    make-gold.py            writes both files
    make-gold.py --review   also prints what a reader should look at again: the sentences that the
                            stances stand in, and capitalised words inside sentences with no mention

README.md explains the form. A gold file repeats its article line by line; whatever does not agree
with articles/*.txt, or is not found exactly once, is an error, and then nothing is written.
"""

import json
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARKS = {"+": "keep", "-": "drop", "?": "either"}
LABELS = {"PERSON", "ORG", "GPE", "LOC", "NORP"}
KINDS = {"attitude", "act", "appeal"}
CHANNELS = {"quote", "action", "author"}
DEGREES = {0, 0.25, 0.5, 1}

MENTION = re.compile(r"\[([^\[\]]+)\]\((~?[\w-]+)(:[\w-]*)?\)")
ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sgt|Capt|St|No|Sen|Rep|Gov|Prof|Jan|Feb|Aug|Sept|Oct|Nov|Dec)|\b[A-Z])\.$")
SENTENCE_END = re.compile(r"[.!?…]+[\"'’”»)\]]*(?=\s+[\"'‘“«(\[]*[A-Z0-9ÀÉÎÖ])")


class Names:
    """Who the keys of a gold file mean: the shared names.toml, then the file's own [who]."""

    def __init__(self, shared, own):
        self.countries = shared["countries"]
        self.who = {**shared["who"], **own}
        clash = shared["who"].keys() & own.keys()
        if clash:
            raise ValueError(f"[who] redefines {sorted(clash)} of names.toml")

    def entity(self, key):
        """label, id, name, key of the actor it stands for unless told otherwise"""
        country = key.removeprefix("~")
        if country in self.countries:
            label = "NORP" if key.startswith("~") else "GPE"
            return label, f"country:{country}", self.countries[country], country
        if key not in self.who:
            raise ValueError(f"unknown key {key!r}")
        label, id, name, *actor = self.who[key]
        if label not in LABELS:
            raise ValueError(f"{key}: unknown label {label!r}")
        return label, id, name, actor[0] if actor else None

    def actor(self, key):
        _, id, name, _ = self.entity(key)
        return id, name


def once(needle, text, what):
    """The offset of `needle`; `needle @2` is the second of several."""
    needle, _, nth = needle.partition(" @")
    places = [m.start() for m in re.finditer(re.escape(needle), text)]
    if not places:
        raise ValueError(f"{what} not found: {needle!r}")
    if not nth and len(places) > 1:
        raise ValueError(f"{what} found {len(places)} times, add @1…@{len(places)}: {needle!r}")
    if nth and not 1 <= int(nth) <= len(places):
        raise ValueError(f"{what} found {len(places)} times, there is no @{nth}: {needle!r}")
    return places[int(nth or 1) - 1], len(needle)


def sentences(text):
    """Half-open spans; a line break ends a sentence."""
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for end in SENTENCE_END.finditer(text, line.start(), line.end()):
            if ABBREVIATION.search(text, start, end.end()):
                continue
            yield start, end.end()
            start = end.end() + len(re.match(r"\s*", text[end.end():]).group())
        yield start, line.end()


def read_article(path, encoding):
    raw = path.read_bytes().decode(encoding)
    return raw.replace("\r\n", "\n").split("\n")


def clean(gold_lines, raw_lines):
    """The clean text still holding its marks, and the line numbers kept, dropped, either."""
    while gold_lines and not gold_lines[-1].strip():
        gold_lines.pop()
    while raw_lines and not raw_lines[-1].strip():
        raw_lines.pop()
    lines = {"keep": [], "drop": [], "either": []}
    text, last_kept = "", None
    for number, (gold, raw) in enumerate(zip(gold_lines, raw_lines), 1):
        mark, rest = gold[:1], gold[2:].strip()
        if MENTION.sub(r"\1", rest) != raw.strip():
            raise ValueError(f"line {number} differs\n  article: {raw!r}\n  gold:    {gold!r}")
        if not rest:
            continue
        if mark not in MARKS:
            raise ValueError(f"line {number} starts with none of + - ?: {gold!r}")
        lines[MARKS[mark]].append(number)
        if mark == "+":
            gap = "" if last_kept is None else "\n" if last_kept == number - 1 else "\n\n"
            text, last_kept = text + gap + rest, number
        elif MENTION.search(rest):
            raise ValueError(f"line {number} is not kept but has a mention")
    if len(gold_lines) != len(raw_lines):
        raise ValueError(f"{len(raw_lines)} lines in the article, {len(gold_lines)} in the gold")
    return text, lines


def mentions(marked, names):
    """The text without marks, and its entities."""
    text, entities, at = "", [], 0
    for m in MENTION.finditer(marked):
        text += marked[at:m.start()]
        at = m.end()
        surface, key, override = m.groups()
        label, id, name, actor = names.entity(key)
        if override is not None:
            actor = override[1:]
        entity = {"start": len(text), "end": len(text) + len(surface), "label": label, "entity": id, "name": name}
        if actor:
            entity["actor"], entity["actor-name"] = names.actor(actor)
        entities.append(entity)
        text += surface
    return text + marked[at:], entities


def check_every_mention(text, entities):
    """A name marked once must be marked wherever it stands as a word."""
    taken = [(e["start"], e["end"]) for e in entities]
    for surface in sorted({text[a:b] for a, b in taken}):
        for m in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text):
            if not any(a <= m.start() and m.end() <= b for a, b in taken):
                raise ValueError(f"{surface!r} is marked elsewhere, not in …{text[max(0, m.start() - 40):m.end() + 20]!r}")


def stance(line, text, spans, names):
    """`holder -> target | kind polarity channel [embedded] | trigger | clause`"""
    parts = [part.strip() for part in line.split(" | ")]
    if len(parts) != 4:
        raise ValueError(f"a stance has four parts: {line!r}")
    pair, manner, trigger, clause = parts
    holder, target = pair.split(" -> ")
    kind, polarity, channel, *embedded = manner.split()
    if kind not in KINDS or channel not in CHANNELS or abs(float(polarity)) not in DEGREES or embedded not in ([], ["embedded"]):
        raise ValueError(f"no such kind, degree or channel: {line!r}")
    if holder == target:
        raise ValueError(f"a stance toward oneself: {line!r}")
    start, length = once(clause, text, "clause")
    end = start + length
    around = [span for span in spans if span[0] <= start and end <= span[1]]
    if not around:
        raise ValueError(f"the clause is not within one sentence: {clause!r}")
    offset, trigger_length = once(trigger, text[start:end], "trigger")
    holder_id, holder_name = names.actor(holder)
    target_id, target_name = names.actor(target)
    made = {
        "start": start, "end": end, "sentence": {"start": around[0][0], "end": around[0][1]},
        "holder": holder_id, "holder-name": holder_name, "target": target_id, "target-name": target_name,
        "kind": kind, "polarity": float(polarity), "channel": channel,
    }
    if embedded:
        made["embedded"] = True
    made["trigger"] = {"start": start + offset, "end": start + offset + trigger_length}
    return made


def make(path, shared, review):
    gold = tomllib.loads(path.read_text(encoding="utf-8"))
    names = Names(shared, gold.get("who", {}))
    id = path.stem + ".txt"
    raw_lines = read_article(HERE / "articles" / id, gold.get("encoding", "utf-8"))
    marked, lines = clean(gold["article"].split("\n"), raw_lines)
    text, entities = mentions(marked, names)
    check_every_mention(text, entities)
    spans = list(sentences(text))
    stances = [stance(line, text, spans, names) for line in gold["stances"].split("\n") if line.strip()]
    stances.sort(key=lambda s: (s["start"], -s["end"], s["holder"], s["target"], s["kind"], -s["polarity"]))
    if review:
        show(id, text, entities, stances)
    return (
        {"docmill": 1, "offsets": "chars", "id": id, "text": text, "metadata": gold["metadata"],
         "layers": {"entities": entities, "stances": stances}},
        {"doc": id, **lines},
    )


def show(id, text, entities, stances):
    print(f"\n== {id}: {len(entities)} entities, {len(stances)} stances")
    covered = {i for e in entities for i in range(e["start"], e["end"])}
    loose = [m.group() for m in re.finditer(r"(?<=[\w,] )[A-ZÀ-Þ][\w’'-]+", text) if m.start() not in covered]
    print("   no mention:", ", ".join(loose))
    for s in stances:
        print(f"   {s['holder-name']} -> {s['target-name']} {s['kind']} {s['polarity']:+} {s['channel']}"
              f"{' embedded' if s.get('embedded') else ''}: {text[s['start']:s['end']]!r}\n      in {text[s['sentence']['start']:s['sentence']['end']]!r}")


def main():
    shared = tomllib.loads((HERE / "gold" / "names.toml").read_text(encoding="utf-8"))
    gold, lines, failed = [], [], False
    files = sorted(p for p in (HERE / "gold").glob("*.toml") if p.name != "names.toml")
    missing = {p.stem for p in (HERE / "articles").glob("*.txt")} ^ {p.stem for p in files}
    for stem in sorted(missing):
        print(f"{stem}: an article without gold, or gold without an article", file=sys.stderr)
        failed = True
    for path in files:
        if path.stem in missing:
            continue
        try:
            document, numbers = make(path, shared, "--review" in sys.argv[1:])
            gold.append(document)
            lines.append(numbers)
        except (ValueError, KeyError, UnicodeDecodeError) as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            failed = True
    if failed:
        sys.exit(1)
    for name, rows in (("gold.jsonl", gold), ("lines.jsonl", lines)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (HERE / name).write_bytes(text.encode("utf-8"))
    count = {layer: sum(len(d["layers"][layer]) for d in gold) for layer in ("entities", "stances")}
    print(f"{len(gold)} articles, {count['entities']} entities, {count['stances']} stances")


if __name__ == "__main__":
    main()
