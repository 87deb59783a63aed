//! The `docmill` command.

fn main() {}
