"""A stage without the module: it counts in the unit that it is told, does all that a stage can do,
and speaks the protocol by hand."""

import json
import re
import sys


def measured(unit):
    """How long a text is in the unit."""
    if unit == "bytes":
        return lambda text: len(text.encode("utf-8"))
    if unit == "utf16":
        return lambda text: len(text.encode("utf-16-le")) // 2
    return len


def shouts(document, size):
    """What the stage `template` says."""
    text = document["text"]
    found = (word for word in re.finditer(r"\S+", text) if len(word[0]) > 1)
    spans = [
        {"start": size(text[: word.start()]), "end": size(text[: word.end()])}
        for word in found
        if all(map(str.isupper, word[0]))
    ]
    return {"layers": {"shouts": spans}} if spans else {}


def answer(document, size):
    text = document["text"]
    if text.startswith("<"):
        return rewritten(text, size)
    answer = {"layers": {"shouts": []}, "metadata": {"words": 0}, "remove": [], "replace": []}
    start = 0
    for word in text.split(" "):
        before = size(text[:start])
        span = {"start": before, "end": before + size(word)}
        if len(word) >= 2 and all(map(str.isupper, word)):
            features = {"label": "shout", "score": 0.5, "at": span, "all": [span]}
            answer["layers"]["shouts"].append({**span, **features})
        if word == "spam":
            answer["remove"].append({**span, "reason": "spam"})
        if word == "👍":
            answer["replace"].append({**span, "with": "good é 👍🏽", "reason": "emoji"})
        answer["metadata"]["words"] += 1
        start += len(word) + 1
    return answer


def rewritten(text, size):
    """`<b>…</b>` without its tags, and with `&amp;` decoded."""
    pieces, new, at = [], "", 3
    while at < len(text) - 4:
        if text.startswith("&amp;", at):
            begin = size(text[:at])
            pieces.append({"len": 1, "from": [begin, begin + 5], "how": "html"})
            new += "&"
            at += 5
        else:
            pieces.append({"len": size(text[at]), "at": size(text[:at])})
            new += text[at]
            at += 1
    pieces.append({"len": size("👍.")})
    return {"rewrite": {"text": new + "👍.", "pieces": pieces, "reason": "html"}}


hello = json.loads(sys.stdin.readline())
unit = hello["settings"].get("unit", "chars")
contract = {"writes": ["shouts"], "sets": ["words"], "edits-text": True}
print(json.dumps({"docmill": 1, "offsets": unit, "contract": contract}), flush=True)
stage = shouts if hello["settings"].get("like") == "template" else answer
for line in sys.stdin:
    print(json.dumps(stage(json.loads(line), measured(unit))), flush=True)
