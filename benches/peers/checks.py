"""Whether all did the same work: each check reads what a contender wrote, a peer's first, and says how alike they are.

What differs though it must not ends the program.
"""

import collections
import hashlib


def require(holds, complaint):
    if not holds:
        raise SystemExit(f"not the same work: {complaint}")


def digest(text):
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def check_kept(outputs):
    """The kept texts are the same, but for those that differ in case alone, which docmill holds to be the same."""
    kept = {}
    for name, documents in outputs:
        kept[name] = [(each["id"], digest(each["text"]), digest(each["text"].lower())) for each in documents]
    peer, *_ = kept.values()
    first, lower = {ident for ident, _, _ in peer}, {text: folded for _, text, folded in peer}
    everything = collections.Counter(text for _, text, _ in peer)
    said = collections.defaultdict(list)
    for name, documents in kept.items():
        texts, folded = collections.Counter(text for _, text, _ in documents), {case for _, _, case in documents}
        require(not texts - everything, f"{name} keeps a text that the peer does not")
        missed = everything - texts
        require(all(lower[text] in folded for text in missed), f"{name} lost a text that the peer keeps")
        other = sum(ident not in first for ident, _, _ in documents)
        fewer = missed.total()
        words = [f"{fewer} texts fewer, which differ from one that is kept in case alone"] * (fewer > 0)
        words += [f"of equal texts another one {other} times"] * (other > 0)
        said[f"{len(documents)}" + f" ({'; '.join(words)})" * bool(words)].append(name)
    return "Documents kept: " + "; ".join(f"{what} by {', '.join(names)}" for what, names in said.items()) + "."


def check_planted(outputs):
    """Of each article one should be left; how many copies were left beside it, and how many articles are missing."""
    said = collections.defaultdict(list)
    for name, documents in outputs:
        left = collections.Counter(document["metadata"]["article"] for document in documents)
        missing, copies = max(left) + 1 - len(left), left.total() - len(left)
        require(copies + missing < len(left) / 100, f"{name} left {copies} copies, and {missing} articles are missing")
        said[f"{len(left)} articles and {copies} copies of them, {missing} articles missing"].append(name)
    return "Left: " + "; ".join(f"{what}, by {', '.join(names)}" for what, names in said.items()) + "."


def check_layers(outputs):
    """The texts are the same; of the layers, how many spans are. All of a kind write the same (peers, docmills)."""
    counted = collections.Counter()
    for theirs, ours, *more in zip(*(documents for _, documents in outputs), strict=True):
        require(all(each["text"] == theirs["text"] for each in (ours, *more)), "the texts differ")
        counted["documents"] += 1
        for layer in ["sentences", "tokens"]:
            first, second = spans(theirs, layer), spans(ours, layer)
            require(all(spans(each, layer) in (first, second) for each in more), f"{layer} differ with threads")
            counted[layer, "peer"] += len(first)
            counted[layer, "docmill"] += len(second)
            counted[layer, "both"] += len(first & second)
            if layer == "tokens":
                counted["labels"] += len(labelled(theirs) & labelled(ours))
    said = []
    for layer in ["sentences", "tokens"]:
        theirs, ours, both = (counted[layer, which] for which in ["peer", "docmill", "both"])
        said.append(f"{theirs} {layer} by the peer, {ours} by docmill, {both} the same")
    return f"{counted['documents']} documents; {'; '.join(said)}, {counted['labels']} of them with the same label."


def spans(document, layer):
    return {(each["start"], each["end"]) for each in document["layers"][layer]}


def labelled(document):
    return {(each["start"], each["end"], each["label"]) for each in document["layers"]["tokens"]}


def check_pages(outputs):
    def facts(document):
        ident = document["id"].removeprefix("<urn:uuid:").removesuffix(">")
        return ident, document["text"], document["metadata"]["url"], document["metadata"]["date"]

    count = 0
    for page in zip(*(documents for _, documents in outputs), strict=True):
        require(len(set(map(facts, page))) == 1, "the pages")
        count += 1
    return f"{count} pages, the same by all."
