//! The smallest stage: copy it to write your own.
