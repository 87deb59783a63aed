//! The JSON form of a document: one line, read and written the same.
