"""The stage `template`: marks words written in capitals.

docmill starts this program, sends it documents, and makes the changes that the function below says.
To make it yours, change what it writes, its settings (the arguments after the `*`), and what it says.
"""

import re

import docmill


@docmill.stage(writes=["shouts"])
def template(document, changes, *, min_length: int = 2):
    for word in re.finditer(r"\S+", document.text):
        if len(word[0]) >= min_length and all(map(str.isupper, word[0])):
            changes.annotate("shouts", word.start(), word.end())


docmill.run()
