"""Tests of the stage `template`, without docmill: python3 -m unittest"""

import unittest

import docmill
from template import template


class TemplateTest(unittest.TestCase):
    def test_words_in_capitals_are_marked(self):
        self.assertEqual(shouts("We said NO to ÉTÉ 🙂, not I"), ["NO", "ÉTÉ"])

    def test_short_ones_can_be_left_out(self):
        self.assertEqual(shouts("NO and NEVER AGAIN", min_length=3), ["NEVER", "AGAIN"])


def shouts(text, **settings):
    outcome = docmill.apply(template, text, **settings)
    return [shout.text for shout in outcome.layers["shouts"]]
