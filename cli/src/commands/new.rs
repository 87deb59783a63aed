//! `docmill new`: a folder with a plugin of one's own.
//!
//! The folder is made under another name and renamed when it is whole, so nothing half made is ever
//! left under the name that was asked for.

use std::{fs, io, path::Path, process};

use docmill_core::engine::Kind;

use crate::{
    args::{Component, Language, New},
    builtin,
    failure::{Failure, Outcome},
    scaffold::{Name, Scaffold},
    term::{self, BOLD, GREEN, Shown, YELLOW},
};

pub(crate) fn run(args: &New) -> Result<Outcome, Failure> {
    if (args.lang, args.kind) == (Language::Python, Component::Encoder) {
        return Err(Failure::Wrong(
            "a plugin in Python is a stage: its program reads documents and answers with changes; \
             write an encoder with `--lang rust` or `--lang c`"
                .into(),
        ));
    }
    let name = Name::parse(&args.name, args.lang, args.kind).map_err(Failure::Wrong)?;
    refuse_taken(&name, args.kind)?;
    let scaffold = Scaffold::new(&name, args.lang, args.kind);
    let folder = Path::new(name.kebab());
    write(folder, &scaffold).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Wrong(format!(
            "{} is there already; choose another name, or remove it first",
            folder.display()
        )),
        _ => Failure::Io(format!("cannot make the folder {}: {error}", folder.display())),
    })?;
    tell(&name, &scaffold);
    Ok(Outcome::Done)
}

/// A name that a component of docmill's own has could not be used in a pipeline.
fn refuse_taken(name: &Name, component: Component) -> Result<(), Failure> {
    let kind = match component {
        Component::Stage => Kind::Stage,
        Component::Encoder => Kind::Sink,
    };
    match builtin::registry()?.component(kind, name.kebab()) {
        None => Ok(()),
        Some(_) => Err(Failure::Wrong(format!(
            "docmill comes with a {kind} named `{}`; choose another name",
            name.kebab()
        ))),
    }
}

/// Makes the folder whole, or not at all.
fn write(folder: &Path, scaffold: &Scaffold) -> io::Result<()> {
    if folder.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let name = folder.file_name().unwrap_or_default().display();
    let unfinished = folder.with_file_name(format!(".{name}.{}.new", process::id()));
    fs::create_dir(&unfinished)?;
    let made = fill(&unfinished, scaffold).and_then(|()| fs::rename(&unfinished, folder));
    if made.is_err() {
        // The error that stopped it is the one to tell.
        let _ = fs::remove_dir_all(&unfinished);
    }
    made
}

fn fill(folder: &Path, scaffold: &Scaffold) -> io::Result<()> {
    for (path, text) in &scaffold.files {
        let path = folder.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

fn tell(name: &Name, scaffold: &Scaffold) {
    term::tell(format!("{GREEN}made{GREEN:#} {BOLD}{}{BOLD:#}, {}", name.kebab(), scaffold.what));
    for note in &scaffold.notes {
        term::tell(format!("{YELLOW}note{YELLOW:#}: {}", Shown(note)));
    }
    term::tell("\nits README.md says what is where; from here:\n");
    term::tell(format!("  cd {}", name.kebab()));
    for command in &scaffold.next {
        term::tell(format!("  {}", Shown(command)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_whole_or_not_at_all() {
        let sandbox = tempfile::tempdir().unwrap();
        let folder = sandbox.path().join("shout");
        let made = |paths: &[&str]| {
            let files = paths.iter().map(|path| ((*path).to_owned(), "text".to_owned())).collect();
            write(&folder, &Scaffold { what: "", files, next: Vec::new(), notes: Vec::new() })
        };
        // A file cannot lie in a file.
        made(&["a", "b/c", "a/d"]).unwrap_err();
        assert_eq!(fs::read_dir(sandbox.path()).unwrap().count(), 0);
        made(&["a", "b/c"]).unwrap();
        assert_eq!(fs::read_to_string(folder.join("b/c")).unwrap(), "text");
        let again = made(&["a"]).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(sandbox.path()).unwrap().count(), 1);
    }
}
