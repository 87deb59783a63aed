"""Reads what the sink `parquet` wrote with those who will: DuckDB, pyarrow and pandas.

Called with a folder that holds documents.parquet and stances.parquet of two documents. Says what it could not
try, on a line with SKIPPED.
"""

import importlib.util
import json
import sys

DOCUMENTS, STANCES = (f"{sys.argv[1]}/{name}.parquet" for name in ("documents", "stances"))
TEXT = "🇺🇦 Kyiv thanked Berlin"


def duckdb():
    import duckdb

    rows = duckdb.sql(
        f"""
        select id, outlet, metadata->>'$.outlet', e.name, e.score,
               substring(text, e.start + 1, e."end" - e.start), e.features->>'$.also.start'
        from '{DOCUMENTS}', unnest(entities) as t(e) order by id
        """
    ).fetchall()
    wanted = ("The Example", "The Example", "Kyiv", 0.98, "Kyiv", "16")
    assert [row[0] for row in rows] == ["a", "b"], rows
    for row in rows:
        assert (*row[1:4], round(row[4], 6), *row[5:]) == wanted, row
    rows = duckdb.sql(f"select quotes, len(stances), annotations[1].layer from '{DOCUMENTS}'").fetchall()
    assert rows == [([], 1, "sentences")] * 2, rows
    found = duckdb.sql(f"select holder, avg(polarity), any_value(trigger) from '{STANCES}' group by 1").fetchall()
    assert found == [("country:UA", 0.5, "thanked")], found


def pyarrow():
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(DOCUMENTS).to_pylist()
    assert [row["text"] for row in table] == [TEXT] * 2, table
    entity = table[0]["entities"][0]
    assert TEXT[entity["start"] : entity["end"]] == "Kyiv", entity
    assert json.loads(table[0]["metadata"])["tags"] == [1.5, True], table
    assert pyarrow.parquet.ParquetFile(DOCUMENTS).metadata.num_row_groups == 1


def pandas():
    import pandas

    frame = pandas.read_parquet(DOCUMENTS)
    stances = frame[["id", "stances"]].explode("stances", ignore_index=True)
    stances = stances.join(pandas.json_normalize(stances["stances"]))
    assert list(stances["holder"]) == ["country:UA"] * 2, stances
    assert list(stances["polarity"]) == [0.5] * 2, stances
    assert list(pandas.read_parquet(STANCES)["trigger_start"]) == [8, 8]


for reader, needs in ((duckdb, {"duckdb"}), (pyarrow, {"pyarrow"}), (pandas, {"pandas", "pyarrow"})):
    missing = sorted(module for module in needs if importlib.util.find_spec(module) is None)
    if missing:
        print(f"SKIPPED: {reader.__name__} (not installed: {', '.join(missing)})")
    else:
        reader()
        print(f"read with {reader.__name__}")
