//! From the setting `paths` to inputs.
//!
//! A path that is there is taken as it is, even where it holds `*` or `[`; else it is a glob. What one
//! path gives is sorted by its bytes, with `/` between folders, so that the order is the same on every
//! machine; paths keep their own order, and a file that two of them give is read once.
//!
//! With the feature `object-store`, a path can be an address in a store: `s3://bucket/prefix/*.jsonl.gz`. Without
//! it, such a path is refused.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use docmill_core::{BuildError, Input, Shard};
use glob::MatchOptions;

mod address;
mod stored;
#[cfg(feature = "object-store")]
mod stores;
#[cfg(not(feature = "object-store"))]
#[path = "stores/absent.rs"]
mod stores;

pub use address::is_in_store;
pub use stored::{Stored, open};

use address::Address;

/// The inputs that these paths give. A folder, or an address that ends in `/`, gives all files below it, at any depth,
/// with one of the endings; hidden ones (`.name`) are passed over. An error points at its path.
pub fn shards(
    paths: &[String],
    endings: &[&str],
    standard_input: bool,
) -> Result<Vec<Shard>, BuildError> {
    let mut seen = HashSet::new();
    let mut inputs = Vec::new();
    let mut listings = stores::Listings::default();
    for (number, path) in paths.iter().enumerate() {
        let at = |message| BuildError::at(format!("/paths/{number}"), message);
        if path == "-" && standard_input {
            inputs.push(Input { uri: "-".to_owned(), bytes: None, ..Input::default() });
            continue;
        }
        let found = match Address::of(path) {
            Some(address) => listings.expand(path, address, endings),
            None => expand(path, endings),
        };
        let mut found = found.map_err(at)?;
        if found.is_empty() {
            return Err(at(format!("`{path}` finds no file{}", hint(path, endings))));
        }
        found.sort_unstable_by(|a, b| a.uri.cmp(&b.uri));
        inputs.extend(found.into_iter().filter(|input| seen.insert(input.uri.clone())));
    }
    Ok(vec![Shard { inputs }])
}

fn hint(path: &str, endings: &[&str]) -> String {
    let endings: Vec<String> = endings.iter().map(|ending| format!(".{ending}")).collect();
    let folder = match is_in_store(path) {
        true => path.ends_with('/'),
        false => Path::new(path).is_dir(),
    };
    if folder {
        format!(" whose name ends in {}; name others by a glob", endings.join(", "))
    } else {
        String::new()
    }
}

fn expand(path: &str, endings: &[&str]) -> Result<Vec<Input>, String> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            let mut inputs = Vec::new();
            walk(Path::new(path), endings, &mut inputs)?;
            Ok(inputs)
        }
        Ok(_) => Ok(vec![input(Path::new(path))?]),
        Err(_) if path.contains(['*', '?', '[']) => matches(path),
        Err(_) => Err(address::unknown_scheme(path)
            .unwrap_or_else(|| format!("there is no file or folder `{path}`"))),
    }
}

fn matches(pattern: &str) -> Result<Vec<Input>, String> {
    let found = glob::glob_with(pattern, options())
        .map_err(|error| format!("`{pattern}` is no valid glob: {}", error.msg))?;
    let mut inputs = Vec::new();
    for path in found {
        let path = path.map_err(|error| cannot_list(error.path(), error.error()))?;
        if !path.is_dir() {
            inputs.push(input(&path)?);
        }
    }
    Ok(inputs)
}

/// How globs match.
fn options() -> MatchOptions {
    MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    }
}

/// Links to folders are not followed: they may lead in circles.
fn walk(folder: &Path, endings: &[&str], inputs: &mut Vec<Input>) -> Result<(), String> {
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| cannot_list(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| cannot_list(&folder, &error))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if has_ending(&name, endings) && !path.is_dir() {
                inputs.push(input(&path)?);
            }
        }
    }
    Ok(())
}

/// Whether a file's name ends in a dot and one of the endings, in capitals or not.
pub fn has_ending(name: &str, endings: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    endings.iter().any(|ending| {
        name.strip_suffix(ending).is_some_and(|before| before.ends_with('.') && before.len() > 1)
    })
}

fn cannot_list(folder: &Path, error: &std::io::Error) -> String {
    format!("the folder `{}` cannot be listed: {error}", folder.display())
}

fn input(path: &Path) -> Result<Input, String> {
    let Some(uri) = path.to_str() else {
        return Err(format!(
            "the name of `{}` is not valid UTF-8; rename the file",
            path.display()
        ));
    };
    // Without its `./`, a file below the folder `s3:` would be an address.
    let uri = uri.strip_prefix("./").filter(|uri| !is_in_store(uri)).unwrap_or(uri);
    let uri = if cfg!(windows) { uri.replace('\\', "/") } else { uri.to_owned() };
    // A size that is not known now is no fault yet: the file is read later, and fails then.
    let bytes = fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|found| found.len());
    Ok(Input { uri, bytes, ..Input::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with `b.txt`, `a.txt`, `.hidden.txt`, `x.png`, `deep/c.TXT`, `[1].txt`.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        for name in ["b.txt", "a.txt", ".hidden.txt", "x.png", "deep/c.TXT", "[1].txt"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        folder
    }

    fn found(folder: &Path, paths: &[&str]) -> Result<Vec<String>, (String, String)> {
        let within = |path: &&str| folder.join(path).to_str().unwrap().to_owned();
        let paths: Vec<String> = paths.iter().map(within).collect();
        let shards = shards(&paths, &["txt"], false);
        let shards = shards.map_err(|e| (e.setting().to_owned(), e.to_string()))?;
        let uris = shards.into_iter().flat_map(|shard| shard.inputs).map(|input| input.uri);
        let prefix = format!("{}/", folder.display());
        Ok(uris.map(|uri| uri.replacen(&prefix, "", 1)).collect())
    }

    #[test]
    fn a_folder_gives_what_lies_below_it_in_order() {
        let folder = folder();
        assert_eq!(
            found(folder.path(), &[""]).unwrap(),
            ["[1].txt", "a.txt", "b.txt", "deep/c.TXT"]
        );
    }

    #[test]
    fn a_glob_gives_files_of_any_ending_and_none_twice() {
        let folder = folder();
        assert_eq!(
            found(folder.path(), &["b*", "*"]).unwrap(),
            ["b.txt", "[1].txt", "a.txt", "x.png"]
        );
        assert_eq!(found(folder.path(), &["**/*.TXT"]).unwrap(), ["deep/c.TXT"]);
    }

    #[test]
    fn a_path_that_is_there_is_no_glob() {
        let folder = folder();
        assert_eq!(found(folder.path(), &["[1].txt"]).unwrap(), ["[1].txt"]);
    }

    #[cfg(not(feature = "object-store"))]
    #[test]
    fn a_docmill_without_stores_says_what_to_build() {
        for path in ["s3://bucket/*.txt", "gs://bucket/a.txt", "az://bucket/"] {
            let error = shards(&["-".to_owned(), path.to_owned()], &["txt"], true);
            let error = error.unwrap_err();
            assert_eq!(error.setting(), "/paths/1");
            let message = error.to_string();
            assert!(message.contains("--features object-store"), "{message}");
            assert!(open(path, None).unwrap_err().to_string().contains("without object stores"));
        }
    }

    #[test]
    fn what_is_not_there_is_an_error_at_its_setting() {
        let folder = folder();
        for (missing, part) in [
            ("none.txt", "there is no file or folder"),
            ("*.doc", "finds no file"),
            ("a**b", "no valid glob"),
            ("-", "there is no file"),
        ] {
            let (setting, message) = found(folder.path(), &["a.txt", missing]).unwrap_err();
            assert_eq!(setting, "/paths/1");
            assert!(message.contains(part), "{message}");
        }
        let empty = tempfile::tempdir().unwrap();
        assert!(found(empty.path(), &[""]).unwrap_err().1.contains("ends in .txt"));
    }
}
