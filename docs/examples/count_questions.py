"""The stage `count-questions`, from the book: marks questions, and drops documents that ask too many."""

import docmill


# ANCHOR: stage
@docmill.stage(needs=["sentences"], writes=["questions"], sets=["questions"])
def count_questions(document, changes, *, at_most: int = 3):
    questions = 0
    for sentence in document.layer("sentences"):
        if sentence.text.endswith("?"):
            changes.annotate("questions", *sentence.span, score=0.9, rule="question-mark")
            questions += 1
    if questions > at_most:
        return docmill.Drop("too-many-questions")
    changes.set("questions", questions)
# ANCHOR_END: stage


# ANCHOR: check
@count_questions.check
def check(at_most):
    if at_most < 0:
        raise docmill.SettingError("at-most", "must be at least 0")
# ANCHOR_END: check


docmill.run()
