"""The Python module: what a stage sees and says, its settings, and the protocol."""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from typing import Dict, List, Literal, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
MODULE = os.path.join(HERE, "..", "..", "src", "scaffold", "python")
sys.path.insert(0, MODULE)

import docmill  # noqa: E402


@docmill.stage(writes=["shouts"])
def shout(document, changes, *, min_length: int = 2):
    start = 0
    for word in document.text.split(" "):
        if len(word) >= min_length and word.isupper():
            changes.annotate("shouts", start, start + len(word))
        start += len(word) + 1


class Apply(unittest.TestCase):
    def texts(self, text, **settings):
        return [one.text for one in docmill.apply(shout, text, **settings).layers["shouts"]]

    def test_a_stage_annotates(self):
        self.assertEqual(self.texts("We said NO to ÉTÉ 👍"), ["NO", "ÉTÉ"])
        self.assertEqual(self.texts("We said NO to ÉTÉ", min_length=3), ["ÉTÉ"])
        self.assertEqual(self.texts(""), [])

    def test_annotations_are_in_text_order_outer_first(self):
        @docmill.stage(writes=["x"])
        def mark(document, changes):
            for start, end in [(3, 4), (0, 1), (0, 4)]:
                changes.annotate("x", start, end)

        marked = docmill.apply(mark, "abcd").layers["x"]
        self.assertEqual([one.span for one in marked], [(0, 4), (0, 1), (3, 4)])

    def test_edits_are_made(self):
        @docmill.stage(edits_text=True)
        def edit(document, changes):
            changes.replace(4, 5, "&", "sign")
            changes.remove(0, 2, "start")
            changes.insert(5, "!", "end")

        self.assertEqual(docmill.apply(edit, "abcde").text, "cd&!")

    def test_edits_that_overlap_are_refused(self):
        @docmill.stage(edits_text=True)
        def edit(document, changes):
            changes.remove(0, 2, "a")
            changes.remove(1, 3, "b")

        with self.assertRaisesRegex(ValueError, r"two edits overlap at 1\.\.3"):
            docmill.apply(edit, "abcde")

    def test_a_text_is_rewritten(self):
        @docmill.stage(edits_text=True)
        def rewrite(document, changes):
            pieces = [docmill.Kept(3, 8), docmill.Decoded("&", 8, 13, "html"), docmill.Inserted(".")]
            changes.rewrite(pieces, "html")

        self.assertEqual(docmill.apply(rewrite, "<b>Kyiv &amp; x").text, "Kyiv &.")

    def test_layers_features_and_metadata_are_read_and_written(self):
        @docmill.stage(needs=["entities"], writes=["named"], sets=["count"])
        def name(document, changes):
            for one in document.layer("entities"):
                changes.annotate(
                    "named",
                    *one.span,
                    one.label,
                    0.5,
                    {"of": one["name"], "none": one.get("none", 7)},
                    first_char=docmill.Span(one.start, one.start + 1),
                    nested=[True, [docmill.Span(0, 1)]],
                )
            changes.set("count", len(document.layer("entities")))

        entity = {"start": 0, "end": 4, "label": "GPE", "name": "Kyiv", "at": {"start": 0, "end": 1}}
        document = docmill.Document("Kyiv spoke", metadata={"outlet": "x"}, layers={"entities": [entity]})
        self.assertEqual(document.layer("entities")[0]["at"], docmill.Span(0, 1))
        outcome = docmill.apply(name, document)
        (named,) = outcome.layers["named"]
        self.assertEqual((named.text, named.label, named.score), ("Kyiv", "GPE", 0.5))
        self.assertEqual(
            named.features,
            {
                "of": "Kyiv",
                "none": 7,
                "first-char": docmill.Span(0, 1),
                "nested": [True, [docmill.Span(0, 1)]],
            },
        )
        self.assertEqual(outcome.metadata, {"count": 1})
        with self.assertRaisesRegex(docmill.DocumentError, "lacks the layer `entities`"):
            docmill.apply(name, "Kyiv spoke")

    def test_a_document_is_dropped(self):
        @docmill.stage
        def short(document, changes):
            return docmill.Drop("too-short") if len(document.text) < 3 else None

        self.assertEqual(docmill.apply(short, "ab").dropped, "too-short")
        self.assertIsNone(docmill.apply(short, "abc").dropped)

    def test_what_is_wrong_with_a_stage_is_said(self):
        def with_body(body, **contract):
            @docmill.stage(**contract)
            def broken(document, changes):
                return body(changes)

            return broken

        for body, contract, message in [
            (lambda c: c.annotate("x", 0, 1), {}, r'writes the layer `x`: @docmill.stage\(writes=\["x"\]\)'),
            (lambda c: c.annotate("x", 0, 9), {"writes": ["x"]}, r"0\.\.9 does not lie in the text of 2 chars"),
            (lambda c: c.annotate("x", 1, 0), {"writes": ["x"]}, "does not lie"),
            (lambda c: c.annotate("x", 0.0, 1), {"writes": ["x"]}, "a whole number"),
            (lambda c: c.annotate("x", 0, 1, 5), {"writes": ["x"]}, "a label is a string"),
            (lambda c: c.annotate("x", 0, 1, score="high"), {"writes": ["x"]}, "a score is a number"),
            (lambda c: c.annotate("x", 0, 1, features={"a": 1}, a=2), {"writes": ["x"]}, "`a` is given twice"),
            (lambda c: c.annotate("x", 0, 1, features={"score": 1}), {"writes": ["x"]}, "name that is taken"),
            (lambda c: c.annotate("x", 0, 1, a=float("nan")), {"writes": ["x"]}, "`a` is infinite or not"),
            (lambda c: c.annotate("x", 0, 1, a="\ud800"), {"writes": ["x"]}, "surrogates"),
            (lambda c: c.annotate("x", 0, 1, a=object()), {"writes": ["x"]}, "`a` cannot hold a object"),
            (lambda c: c.set("k", 1), {}, r'sets=\["k"\]'),
            (lambda c: c.set("k", docmill.Span(0, 1)), {"sets": ["k"]}, "holds a span"),
            (lambda c: c.remove(0, 1, "x"), {}, "edits_text=True"),
            (lambda c: c.rewrite([docmill.Kept(1, 2), docmill.Kept(0, 1)], "x"), {"edits_text": True}, "ascend"),
            (lambda c: c.rewrite(["x"], "x"), {"edits_text": True}, "a piece is"),
            (lambda c: True, {}, "and not True"),
            (lambda c: docmill.Drop("Too short!"), {}, "no name of a reason"),
        ]:
            with self.subTest(message):
                with self.assertRaisesRegex((ValueError, TypeError), message):
                    docmill.apply(with_body(body, **contract), "ab")

    def test_what_is_no_stage_is_refused(self):
        with self.assertRaisesRegex(TypeError, r'writes=\["shouts"\]'):
            docmill.stage(writes="shouts")
        with self.assertRaisesRegex(TypeError, "takes two arguments: document, changes"):
            docmill.stage(lambda document: None)
        with self.assertRaisesRegex(TypeError, "needs a method __call__"):

            @docmill.stage
            class Nothing:
                pass


class Settings(unittest.TestCase):
    def built(self, settings):
        @docmill.stage
        def configured(
            document,
            changes,
            layer: str,
            *,
            length: int = 2,
            share: float = 0.5,
            kind: Literal["a", "b"] = "a",
            words: List[str] = (),
            weights: Dict[str, int] = {},
            limit: Optional[int] = None,
            anything=None,
        ):
            changes._seen = (layer, length, share, kind, list(words), weights, limit, anything)

        changes = docmill.Changes(docmill.Document(""))
        configured.build(settings)(docmill.Document(""), changes)
        return changes._seen

    def test_defaults_stand_where_nothing_is_said(self):
        self.assertEqual(self.built({"layer": "x"}), ("x", 2, 0.5, "a", [], {}, None, None))

    def test_settings_are_read(self):
        settings = {
            "layer": "x",
            "length": 3,
            "share": 1,
            "kind": "b",
            "words": ["a"],
            "weights": {"a": 1},
            "limit": 7,
            "anything": [1],
        }
        self.assertEqual(self.built(settings), ("x", 3, 1.0, "b", ["a"], {"a": 1}, 7, [1]))

    def test_mistakes_are_named_and_pointed_to(self):
        for settings, pointer, message in [
            ({}, "/", "the setting `layer` is missing; it takes a string"),
            ({"layer": "x", "lenght": 3}, "/lenght", "there is no setting `lenght`; did you mean `length`?"),
            ({"layer": "x", "length": "3"}, "/length", "`length` takes a whole number, and this is a string"),
            ({"layer": "x", "length": True}, "/length", "and this is true or false"),
            ({"layer": "x", "length": 2.5}, "/length", "and this is a number with a fraction"),
            ({"layer": "x", "share": "1"}, "/share", "`share` takes a number"),
            ({"layer": "x", "kind": "c"}, "/kind", '`kind` cannot be "c"; it takes "a" or "b"'),
            ({"layer": "x", "kind": 1}, "/kind", '`kind` takes "a" or "b", and this is a whole number'),
            ({"layer": "x", "words": ["a", 1]}, "/words/1", "`words[1]` takes a string"),
            ({"layer": "x", "words": "a"}, "/words", "`words` takes a list, and this is a string"),
            ({"layer": "x", "weights": {"a/b": "1"}}, "/weights/a~1b", "`weights.a/b` takes a whole number"),
            ({"layer": "x", "limit": "1"}, "/limit", "`limit` takes a whole number"),
        ]:
            with self.subTest(message):
                with self.assertRaises(docmill.SettingError) as caught:
                    self.built(settings)
                self.assertEqual(caught.exception.setting, pointer)
                self.assertIn(message, str(caught.exception))

    def test_a_check_says_what_types_cannot(self):
        @docmill.stage
        def count(document, changes, *, least: int = 1, most: int = 9, unchecked: str = ""):
            pass

        @count.check
        def check(least, most):
            if least > most:
                raise docmill.SettingError("least", f"must not be more than most ({most})")

        count.build({"least": 9, "unchecked": "x"})
        with self.assertRaises(docmill.SettingError) as caught:
            count.build({"least": 10})
        self.assertEqual(caught.exception.setting, "/least")
        self.assertEqual(str(caught.exception), "must not be more than most (9)")

    def test_a_class_checks_its_own(self):
        @docmill.stage(writes=["x"])
        class Mark:
            def __init__(self, *, min_length: int = 1):
                if min_length < 1:
                    raise docmill.SettingError("min_length", "must be at least 1")
                self.min_length = min_length

            def __call__(self, document, changes):
                changes.annotate("x", 0, self.min_length)

        self.assertEqual(docmill.apply(Mark, "abc", min_length=2).layers["x"][0].text, "ab")
        with self.assertRaises(docmill.SettingError) as caught:
            docmill.apply(Mark, "abc", min_length=0)
        self.assertEqual(caught.exception.setting, "/min-length")


class Protocol(unittest.TestCase):
    """The program as docmill runs it."""

    def talk(self, program, documents, settings=None, environment=None):
        """The hello line, the other lines that it answers, and what it wrote to standard error."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "stage.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(textwrap.dedent(program))
            hello = {"docmill": 1, "version": "0.1.0", "settings": settings or {}}
            lines = [hello, *documents]
            told = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            done = subprocess.run(
                [sys.executable, "-B", "stage.py"],
                cwd=folder,
                input=told.encode(),
                capture_output=True,
                env={**os.environ, "PYTHONPATH": MODULE, **(environment or {"DOCMILL_COMMAND": "1"})},
                timeout=60,
            )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        return answers[0] if answers else None, answers[1:], done.stderr.decode()

    SHOUT = """
        import re
        import docmill

        @docmill.stage(writes=["shouts"])
        def shout(document, changes, *, min_length: int = 2):
            for match in re.finditer(r"[A-Z]+", document.text):
                if len(match.group()) >= min_length:
                    changes.annotate("shouts", match.start(), match.end())

        docmill.run()
    """

    def test_it_says_its_contract_and_answers(self):
        hello, answers, errors = self.talk(self.SHOUT, [{"text": "👍 NO"}, {"text": ""}])
        contract = {
            "needs": [],
            "uses": [],
            "writes": ["shouts"],
            "extends": [],
            "transient": [],
            "sets": [],
            "edits-text": False,
        }
        self.assertEqual(
            hello,
            {"docmill": 1, "name": "shout", "version": "0.1.0", "offsets": "chars", "contract": contract},
        )
        self.assertEqual(answers, [{"layers": {"shouts": [{"start": 2, "end": 4}]}}, {}])
        self.assertEqual(errors, "")

    def test_a_wrong_setting_is_answered_with_its_place(self):
        hello, answers, _ = self.talk(self.SHOUT, [], {"min-lenght": 3})
        error = "there is no setting `min-lenght`; did you mean `min-length`?"
        self.assertEqual(hello, {"error": error, "setting": "/min-lenght"})
        self.assertEqual(answers, [])

    def test_what_it_prints_stays_out_of_the_protocol(self):
        program = """
            import docmill
            print("at the top")
            import os, sys, subprocess

            @docmill.stage
            def noisy(document, changes):
                print("in the stage")
                os.write(1, b"past Python\\n")
                subprocess.run([sys.executable, "-c", "print('from a child', input() if False else '')"])
                assert sys.stdin.read() == ""

            docmill.run()
        """
        for environment in [{"DOCMILL_COMMAND": "1", "PYTHONUNBUFFERED": "1"}, {"DOCMILL_COMMAND": "1"}]:
            hello, answers, errors = self.talk(program, [{"text": ""}], environment=environment)
            self.assertEqual(hello["name"], "noisy")
            self.assertEqual(answers, [{}])
            for said in ["at the top", "in the stage", "past Python", "from a child"]:
                self.assertIn(said, errors)

    def test_an_exception_fails_one_document(self):
        program = """
            import docmill

            def deeper(text):
                return int(text)

            @docmill.stage
            def count(document, changes):
                if document.text == "known":
                    raise docmill.DocumentError("the text is known")
                deeper(document.text)

            docmill.run()
        """
        documents = [{"text": "x"}, {"text": "7"}, {"text": "known"}, {"text": "8"}]
        _, answers, _ = self.talk(program, documents)
        error = "ValueError: invalid literal for int() with base 10: 'x' (stage.py, line 5)"
        self.assertEqual(answers, [{"error": error}, {}, {"error": "the text is known"}, {}])

    def test_an_exception_in_a_class_names_its_line_too(self):
        program = """
            import json
            import docmill

            @docmill.stage
            class Read:
                def __call__(self, document, changes):
                    json.loads(document.text)

            docmill.run()
        """
        _, (answer,), _ = self.talk(program, [{"text": "x"}])
        self.assertTrue(answer["error"].startswith("JSONDecodeError: Expecting value"), answer)
        self.assertTrue(answer["error"].endswith("(stage.py, line 8)"), answer)

    def test_a_mistake_in_an_annotation_names_the_line_of_the_stage(self):
        program = """
            import docmill

            @docmill.stage
            def mark(document, changes):
                changes.annotate("x", 0, 1)

            docmill.run()
        """
        _, (answer,), _ = self.talk(program, [{"text": "x"}])
        self.assertIn("(stage.py, line 6)", answer["error"])

    def test_edits_and_rewrites_are_written_in_chars(self):
        program = """
            import docmill

            @docmill.stage(edits_text=True)
            def edit(document, changes):
                if document.text.startswith("<"):
                    changes.rewrite([docmill.Kept(3, 5), docmill.Decoded("👍", 5, 8, "html"), docmill.Inserted("é!")], "html")
                    return
                changes.remove(0, 1, "first")
                changes.replace(2, 3, "é", "third")
                return docmill.Drop("edited")

            docmill.run()
        """
        _, answers, _ = self.talk(program, [{"text": "👍bc"}, {"text": "<b>ab&x;"}])
        self.assertEqual(
            answers,
            [
                {
                    "remove": [{"start": 0, "end": 1, "reason": "first"}],
                    "replace": [{"start": 2, "end": 3, "with": "é", "reason": "third"}],
                    "drop": "edited",
                },
                {
                    "rewrite": {
                        "text": "ab👍é!",
                        "pieces": [{"len": 2, "at": 3}, {"len": 1, "from": [5, 8], "how": "html"}, {"len": 2}],
                        "reason": "html",
                    }
                },
            ],
        )

    def test_another_version_of_the_protocol_is_refused(self):
        program = self.SHOUT.replace("import docmill\n", "import docmill\n        docmill.PROTOCOL = 2\n")
        hello, _, _ = self.talk(program, [])
        self.assertIn("docmill speaks version 1 of the protocol, and docmill.py version 2", hello["error"])

    def test_a_class_is_built_once(self):
        program = """
            import docmill

            @docmill.stage(sets=["calls"], version="2.0.0", name="counted")
            class Count:
                def __init__(self):
                    self.calls = 0

                def __call__(self, document, changes):
                    self.calls += 1
                    changes.set("calls", self.calls)

            docmill.run()
        """
        hello, answers, _ = self.talk(program, [{"text": ""}, {"text": ""}])
        self.assertEqual((hello["name"], hello["version"]), ("counted", "2.0.0"))
        self.assertEqual([answer["metadata"]["calls"] for answer in answers], [1, 2])

    def test_run_does_nothing_in_an_imported_file(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "imported_stage.py"), "w", encoding="utf-8") as file:
                file.write(textwrap.dedent(self.SHOUT))
            sys.path.insert(0, folder)
            try:
                import imported_stage
            finally:
                sys.path.remove(folder)
        shouts = docmill.apply(imported_stage.shout, "a NO").layers["shouts"]
        self.assertEqual([one.text for one in shouts], ["NO"])

    def test_run_without_a_stage_says_so(self):
        hello, _, errors = self.talk("import docmill\ndocmill.run()\n", [])
        self.assertIsNone(hello)
        self.assertIn("docmill.run() runs one stage, and defined are: none", errors)


if __name__ == "__main__":
    unittest.main()
