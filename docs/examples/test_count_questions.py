"""Tests of the stage `count-questions`, without docmill: python3 -m unittest"""

import unittest

import docmill
from count_questions import count_questions


# ANCHOR: tests
class CountQuestionsTest(unittest.TestCase):
    def setUp(self):
        sentences = [{"start": 0, "end": 4}, {"start": 5, "end": 12}, {"start": 13, "end": 17}]
        self.document = docmill.Document("Who? Nobody. Why?", layers={"sentences": sentences})

    def test_questions_are_marked(self):
        outcome = docmill.apply(count_questions, self.document)
        self.assertEqual([one.text for one in outcome.layers["questions"]], ["Who?", "Why?"])
        self.assertEqual(outcome.metadata, {"questions": 2})

    def test_too_many_drop_the_document(self):
        outcome = docmill.apply(count_questions, self.document, at_most=1)
        self.assertEqual(outcome.dropped, "too-many-questions")

    def test_a_setting_of_no_use_is_refused(self):
        with self.assertRaises(docmill.SettingError):
            docmill.apply(count_questions, self.document, at_most=-1)
# ANCHOR_END: tests
