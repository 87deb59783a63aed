//! The stage `tag-entities`: finds who and what is named, and which political actor is meant.
