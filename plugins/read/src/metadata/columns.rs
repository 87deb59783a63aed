//! What the header row names, and what is wanted of it.

use super::{By, Settings};
use crate::csv::{
    columns::{missing, twice},
    scan::Fields,
};

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) key: bool,
    /// It becomes metadata.
    pub(super) wanted: bool,
}

/// The metadata keys that a header row gives, and what each of its columns is for.
pub(super) fn columns(
    settings: &Settings,
    by: By,
    header: &[u8],
    delimiter: u8,
) -> Result<(Vec<String>, Vec<Column>), String> {
    let header = std::str::from_utf8(header).map_err(|error| {
        let at = error.valid_up_to();
        format!("the header row has invalid UTF-8 at byte {at}; convert the file to UTF-8")
    })?;
    let names: Vec<_> = Fields::new(header, delimiter).collect();
    let there = |name: &str| names.iter().any(|known| known == name);
    let key = match settings.key.as_deref() {
        Some(key) if there(key) => key,
        Some(key) => return Err(missing("metadata.key", &format!("`{key}`"), &names, delimiter)),
        None => {
            let [first, second] = by.keys();
            match (there(first), there(second)) {
                (true, false) => first,
                (false, true) => second,
                (false, false) => {
                    let wanted = format!("`{first}` or `{second}`");
                    return Err(missing("metadata.key", &wanted, &names, delimiter));
                }
                (true, true) => {
                    return Err(format!(
                        "the header row names both `{first}` and `{second}`; set `metadata.key` to the one \
                         by which documents are found"
                    ));
                }
            }
        }
    };
    let listed = settings.columns.as_deref();
    if let Some(name) = listed.into_iter().flatten().find(|name| !there(name)) {
        return Err(missing("metadata.columns", &format!("`{name}`"), &names, delimiter));
    }
    let column = |name: &str| Column {
        key: name == key,
        wanted: match listed {
            Some(listed) => listed.iter().any(|listed| listed == name),
            None => name != key && !name.is_empty(),
        },
    };
    let columns: Vec<Column> = names.iter().map(|name| column(name)).collect();
    let used = names.iter().zip(&columns).filter(|(_, column)| column.key || column.wanted);
    if let Some(name) = twice(used.map(|(name, _)| &**name)) {
        return Err(format!(
            "the header row names `{}` twice; rename one, or list what is wanted in `metadata.columns`",
            name.escape_debug()
        ));
    }
    let wanted = names.iter().zip(&columns).filter(|(_, column)| column.wanted);
    let keys = wanted.map(|(name, _)| name.clone().into_owned()).collect();
    Ok((keys, columns))
}
