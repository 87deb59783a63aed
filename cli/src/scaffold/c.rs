//! A plugin in C: one source, the header of the C interface, and a Makefile.

use super::{Name, SAMPLE, Scaffold, library, renamed};
use crate::args::Component;

const HEADER: &str = include_str!("../../../core/include/docmill.h");
const MAKEFILE: &str = include_str!("c/Makefile");

pub(super) fn scaffold(name: &Name, component: Component) -> Scaffold {
    let library = library(name.kebab());
    let (what, source, pipeline, readme) = match component {
        Component::Stage => (
            "a stage in C",
            include_str!("c/stage.c"),
            include_str!("c/stage.toml"),
            include_str!("c/stage.md"),
        ),
        Component::Encoder => (
            "an encoder in C",
            include_str!("c/encoder.c"),
            include_str!("c/encoder.toml"),
            include_str!("c/encoder.md"),
        ),
    };
    let renamed = |text: &str| renamed(text, name, &library);
    Scaffold {
        what,
        files: vec![
            (format!("{}.c", name.kebab()), renamed(source)),
            ("docmill.h".to_owned(), HEADER.to_owned()),
            ("Makefile".to_owned(), renamed(MAKEFILE)),
            ("pipeline.toml".to_owned(), renamed(pipeline)),
            ("sample.txt".to_owned(), SAMPLE.to_owned()),
            ("README.md".to_owned(), renamed(readme)),
            (".gitignore".to_owned(), format!("/{library}\n/out\n")),
        ],
        next: vec![
            "make".to_owned(),
            format!("docmill check {library}"),
            "docmill test pipeline.toml".to_owned(),
            "docmill run pipeline.toml".to_owned(),
        ],
        notes: Vec::new(),
    }
}
