//! From an address to the objects that it means.

use std::collections::BTreeMap;

use docmill_core::Input;
use futures_util::TryStreamExt;
use glob::Pattern;
use object_store::{ListResult, ObjectMeta, ObjectStore, ObjectStoreExt, path::Path};

use super::{client, explain, path, wait};
use crate::{
    address::{Address, Kind},
    has_ending, options,
};

/// The listings that were made, by store, bucket, folder, and whether what lies deeper is among them: none is made
/// twice.
#[derive(Default)]
pub(crate) struct Listings(BTreeMap<(Kind, String, String, bool), Vec<Listed>>);

/// An object.
#[derive(Clone, Debug)]
struct Listed {
    key: String,
    bytes: u64,
    version: Option<String>,
}

impl Listings {
    /// The objects that a path of the setting `paths` means: all below a prefix that ends in `/`, with one of the
    /// endings; those that match a glob; else the one of this key.
    pub(crate) fn expand(
        &mut self,
        url: &str,
        address: Address<'_>,
        endings: &[&str],
    ) -> Result<Vec<Input>, String> {
        let Address { bucket, key, .. } = address;
        if bucket.is_empty() {
            return Err(format!("`{url}` names no bucket"));
        }
        let begin = url.get(..url.len() - key.len()).unwrap_or_default().trim_end_matches('/');
        let input = |found: &Listed| Input {
            uri: format!("{begin}/{}", found.key),
            bytes: Some(found.bytes),
            version: found.version.clone(),
            ..Input::default()
        };
        if key.is_empty() || key.ends_with('/') {
            let found = self.below(url, address, key, true)?.iter();
            let found = found.filter(|found| is_meant(found.key.get(key.len()..), endings));
            return Ok(found.map(input).collect());
        }
        let Some(special) = key.find(['*', '?', '[']) else {
            return Ok(vec![input(&one(url, address)?)]);
        };
        let folder = key.get(..special).and_then(|before| Some(before.rfind('/')? + 1));
        let (folder, rest) = key.split_at(folder.unwrap_or(0));
        let deep = rest.contains('/') || rest.contains("**");
        let listed = self.below(url, address, folder, deep)?;
        if let Some(itself) = listed.iter().find(|found| found.key == key) {
            return Ok(vec![input(itself)]);
        }
        let pattern = Pattern::new(key)
            .map_err(|error| format!("`{url}` is no valid glob: {}", error.msg))?;
        let found = listed.iter().filter(|found| pattern.matches_with(&found.key, options()));
        Ok(found.map(input).collect())
    }

    /// What lies in a folder, which is empty or ends in `/`, in the order of the keys.
    fn below(
        &mut self,
        url: &str,
        address: Address<'_>,
        folder: &str,
        deep: bool,
    ) -> Result<&[Listed], String> {
        let Address { kind, bucket, .. } = address;
        let of = (kind, bucket.to_owned(), folder.to_owned(), deep);
        if !self.0.contains_key(&of) {
            let prefix = path(folder.strip_suffix('/').unwrap_or(folder))?;
            let store = client(address).map_err(|error| format!("`{url}`: {error}"))?;
            let listed = wait(list(&*store, &prefix, deep)).map_err(|error| error.to_string())?;
            let listed = listed.map_err(|error| {
                format!("`{url}` cannot be listed: {}", explain::failed(kind, &error))
            })?;
            let mut listed: Vec<Listed> = listed.into_iter().map(Listed::of).collect();
            listed.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            self.0.insert(of.clone(), without_folders(listed));
        }
        Ok(self.0.get(&of).map(Vec::as_slice).unwrap_or_default())
    }
}

async fn list(
    store: &dyn ObjectStore,
    prefix: &Path,
    deep: bool,
) -> object_store::Result<Vec<ObjectMeta>> {
    if deep {
        return store.list(Some(prefix)).try_collect().await;
    }
    let ListResult { objects, .. } = store.list_with_delimiter(Some(prefix)).await?;
    Ok(objects)
}

fn one(url: &str, address: Address<'_>) -> Result<Listed, String> {
    let path = path(address.key)?;
    let store = client(address).map_err(|error| format!("`{url}`: {error}"))?;
    let found = wait(store.head(&path)).map_err(|error| error.to_string())?;
    found.map(Listed::of).map_err(|error| match error {
        object_store::Error::NotFound { .. } => format!(
            "there is no object `{url}`; with a `/` at its end it means all that are below it"
        ),
        error => format!("`{url}` cannot be read: {}", explain::failed(address.kind, &error)),
    })
}

impl Listed {
    fn of(found: ObjectMeta) -> Self {
        let version = found.e_tag.map(|tag| match tag.starts_with('"') || tag.starts_with("W/") {
            true => tag,
            // Azure's listings leave out the quotation marks.
            false => format!("\"{tag}\""),
        });
        Listed { key: found.location.into(), bytes: found.size, version }
    }
}

/// Leaves out the empty objects by which some tools mark folders.
fn without_folders(listed: Vec<Listed>) -> Vec<Listed> {
    let is_folder = |found: &Listed| {
        let within = format!("{}/", found.key);
        let next = listed.partition_point(|other| other.key < within);
        found.bytes == 0 && listed.get(next).is_some_and(|other| other.key.starts_with(&within))
    };
    let folders: Vec<bool> = listed.iter().map(is_folder).collect();
    let kept = listed.into_iter().zip(folders).filter(|(_, folder)| !folder);
    kept.map(|(found, _)| found).collect()
}

/// Whether an object below a prefix is not hidden, and has one of the endings.
fn is_meant(name: Option<&str>, endings: &[&str]) -> bool {
    name.is_some_and(|name| {
        let last = name.rsplit('/').next().unwrap_or_default();
        has_ending(last, endings) && !name.split('/').any(|part| part.starts_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_or_has_another_ending_is_not_meant() {
        let meant = |name| is_meant(Some(name), &["txt", "txt.gz"]);
        assert!(meant("a.txt") && meant("b/c.TXT.gz"));
        assert!(!meant(".a.txt") && !meant(".b/c.txt") && !meant("a.png") && !meant(""));
    }

    #[test]
    fn marks_of_folders_are_left_out() {
        let object = |key: &str, bytes| Listed { key: key.to_owned(), bytes, version: None };
        let listed =
            [("a", 0), ("a-b", 0), ("a/b", 1), ("c", 1), ("c/d", 0)].map(|(key, n)| object(key, n));
        let kept: Vec<String> = without_folders(listed.into()).into_iter().map(|f| f.key).collect();
        assert_eq!(kept, ["a-b", "a/b", "c", "c/d"]);
    }
}
