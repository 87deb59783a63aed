"""Writes a WARC of invented pages, gzip, a member a record: make_warc.py MEGABYTES FILE.warc.gz

MEGABYTES are those of the pages, before compression. Each page has a request, a response and a metadata
record, as crawlers write them; one page in ten is in windows-1252, one in ten an image. Same arguments, same
bytes.
"""

import gzip
import itertools
import random
import sys
import uuid

random.seed(1)
LETTERS = "etaoinshrdlucmfwypvbgk"
WORDS = ["".join(random.choices(LETTERS, k=random.randint(2, 11))) for _ in range(30_000)]
WEIGHTS = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(WORDS))))
MENU = [(random.choice(WORDS), random.choice(WORDS)) for _ in range(150)]


def words(count):
    return " ".join(random.choices(WORDS, cum_weights=WEIGHTS, k=count))


def page(number, charset):
    menu = "\n".join(
        f'      <li class="menu-entry depth-{at % 3}"><a href="/{a}/{b}.html" data-id="{number + at}">{a} {b}</a></li>'
        for at, (a, b) in enumerate(random.sample(MENU, 60))
    )
    body = "\n".join(
        f'    <p class="text">{words(random.randint(20, 90)).capitalize()} – “{words(6)}” café.</p>'
        f'\n    <div class="share" onclick="share(\'{number}\')"><span>{words(2)}</span></div>'
        for _ in range(random.randint(15, 60))
    )
    script = "\n".join(f'    window.q.push(["{words(1)}", {random.random()}]);' for _ in range(40))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n  <meta charset="{charset}">\n'
        f"  <title>{words(7)}</title>\n  <script>\n{script}\n  </script>\n</head>\n<body>\n"
        f"    <ul>\n{menu}\n    </ul>\n{body}\n</body>\n</html>\n"
    ).encode(charset)


def record(kind, fields, block):
    lines = ["WARC/1.0", f"WARC-Type: {kind}", f"WARC-Record-ID: <urn:uuid:{uuid.UUID(int=random.getrandbits(128))}>"]
    lines += ["WARC-Date: 2026-11-02T08:00:00Z", *fields, f"Content-Length: {len(block)}"]
    return gzip.compress("\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n", 6, mtime=0)


def main():
    wanted, path = int(sys.argv[1]) * 1_000_000, sys.argv[2]
    written = number = 0
    with open(path, "wb") as out:
        out.write(record("warcinfo", ["Content-Type: application/warc-fields"], b"software: make_warc.py\r\n"))
        while written < wanted:
            uri = [f"WARC-Target-URI: https://news.example/{number}.html"]
            request = f"GET /{number}.html HTTP/1.1\r\nHost: news.example\r\nAccept: */*\r\n\r\n".encode()
            out.write(record("request", [*uri, "Content-Type: application/http; msgtype=request"], request))
            charset = "windows-1252" if number % 10 == 3 else "utf-8"
            kind, body = f"text/html; charset={charset}", page(number, charset)
            if number % 10 == 7:
                kind, body = "image/jpeg", random.randbytes(20_000)
            else:
                written += len(body)
            head = (
                f"HTTP/1.1 200 OK\r\nServer: example\r\nContent-Type: {kind}\r\nX-Cache: MISS\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            ).encode()
            out.write(record("response", [*uri, "Content-Type: application/http; msgtype=response"], head + body))
            out.write(record("metadata", [*uri, "Content-Type: application/warc-fields"], b"fetchTimeMs: 12\r\n"))
            number += 1


main()
