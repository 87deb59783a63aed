"""WARC to JSON lines with FastWARC and json: fastwarc_loop.py FILE.warc.gz OUT.jsonl

What docmill's source `warc` and sink `jsonl` do without stages: pages of HTML and text, their bodies decoded as
HTTP and then as text, with id, URL and date.
"""

import json
import sys

from fastwarc.warc import ArchiveIterator, WarcRecordType

WANTED = {"text/html", "application/xhtml+xml", "text/plain"}
KINDS = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion


def main():
    count = 0
    with open(sys.argv[1], "rb") as archive, open(sys.argv[2], "w", encoding="utf-8") as out:
        for record in ArchiveIterator(archive, record_types=KINDS, parse_http=True, auto_decode="all"):
            if record.http_content_type not in WANTED:
                continue
            raw = record.reader.read()
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                text = raw.decode(record.http_charset or "windows-1252")
            document = {
                "id": record.record_id,
                "text": text,
                "metadata": {"url": record.headers["WARC-Target-URI"], "date": record.headers["WARC-Date"]},
            }
            out.write(json.dumps(document, ensure_ascii=False))
            out.write("\n")
            count += 1
    print(count, "documents", file=sys.stderr)


main()
