//! What the header row names, and what is wanted of it.

use memchr::memchr;

use super::scan::Fields;

/// Which columns are wanted.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) text: String,
    pub(super) id: Option<String>,
    pub(super) metadata: Option<Vec<String>>,
}

/// What a column is for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) text: bool,
    pub(super) id: bool,
    /// The metadata key that it gives.
    pub(super) key: Option<String>,
}

impl Wanted {
    /// The columns of a header row, in its order. An error says what is wrong with it and what to do.
    pub(super) fn columns(&self, header: &[u8], delimiter: u8) -> Result<Vec<Column>, String> {
        let header = std::str::from_utf8(header).map_err(|error| {
            format!(
                "the header row has invalid UTF-8 at byte {}; convert the file to UTF-8",
                error.valid_up_to()
            )
        })?;
        let names: Vec<_> = Fields::new(header, delimiter).collect();
        let id = self.id.as_deref().unwrap_or("id");
        let listed = self.metadata.as_deref();
        let needed = [Some(("text", &self.text)), self.id.as_ref().map(|id| ("id", id))];
        let needed = needed.into_iter().flatten();
        for (setting, name) in needed.chain(listed.into_iter().flatten().map(|n| ("metadata", n))) {
            if !names.iter().any(|known| known == name) {
                return Err(missing(setting, &format!("`{name}`"), &names, delimiter));
            }
        }
        let column = |name: &str| {
            let (text, id) = (name == self.text, name == id);
            let key = match listed {
                Some(listed) => listed.iter().any(|listed| listed == name),
                None => !text && !id && !name.is_empty(),
            };
            Column { text, id, key: key.then(|| name.to_owned()) }
        };
        let columns: Vec<Column> = names.iter().map(|name| column(name)).collect();
        let used = names.iter().zip(&columns).filter(|(_, column)| **column != Column::default());
        match twice(used.map(|(name, _)| &**name)) {
            Some(name) => Err(format!(
                "the header row names `{}` twice; rename one, or list what is wanted in `metadata`",
                name.escape_debug()
            )),
            None => Ok(columns),
        }
    }
}

/// A name that is there twice.
pub(crate) fn twice<'n>(names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    let mut pairs = names.iter().zip(names.iter().skip(1));
    pairs.find(|(name, next)| name == next).map(|(name, _)| *name)
}

/// Says that a header row lacks a column, and which setting to change. `name` comes in quotes.
pub(crate) fn missing(
    setting: &str,
    name: &str,
    names: &[std::borrow::Cow<'_, str>],
    delimiter: u8,
) -> String {
    // A header may be anything.
    let shown = names.iter().take(12).map(|name| format!("`{}`", name.escape_debug()));
    let mut shown: Vec<String> = shown.collect();
    if names.len() > shown.len() {
        shown.push("…".to_owned());
    }
    let other = [b';', b'\t', b',', b'|'].into_iter().find(|other| {
        let only = names.first().filter(|_| names.len() == 1);
        *other != delimiter && only.is_some_and(|only| memchr(*other, only.as_bytes()).is_some())
    });
    let table = setting.rsplit_once('.').map_or(String::new(), |(table, _)| format!("{table}."));
    let hint = match other {
        Some(b'\t') => format!("; set `{table}delimiter = \"\\t\"` if that divides them"),
        Some(other) => {
            format!("; set `{table}delimiter = \"{}\"` if that divides them", char::from(other))
        }
        None => format!("; set `{setting}` to what is there"),
    };
    format!("the header row names no column {name} but {}{hint}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(metadata: Option<&[&str]>) -> Wanted {
        let metadata = metadata.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        Wanted { text: "text".to_owned(), id: None, metadata }
    }

    fn keys(columns: &[Column]) -> Vec<&str> {
        columns.iter().filter_map(|column| column.key.as_deref()).collect()
    }

    #[test]
    fn all_others_are_metadata_unless_they_are_listed() {
        let columns = wanted(None).columns(b"id,outlet,,text,date", b',').unwrap();
        assert_eq!(keys(&columns), ["outlet", "date"]);
        assert!(columns[0].id && columns[3].text);
        let columns = wanted(Some(&["date", "id"])).columns(b"id,outlet,text,date", b',').unwrap();
        assert_eq!(keys(&columns), ["id", "date"]);
    }

    #[test]
    fn a_header_that_does_not_fit_says_what_to_do() {
        let error =
            |wanted: Wanted, header: &str| wanted.columns(header.as_bytes(), b',').unwrap_err();
        for (found, part) in [
            (error(wanted(None), "id,body"), "no column `text` but `id`, `body`; set `text`"),
            (error(wanted(None), "id;text"), "set `delimiter = \";\"`"),
            (error(wanted(None), "id\ttext"), "set `delimiter = \"\\t\"`"),
            (error(wanted(None), "text,a,a"), "names `a` twice"),
            (error(wanted(Some(&["url"])), "text,a,a"), "set `metadata`"),
            (wanted(None).columns(b"text,\xff", b',').unwrap_err(), "invalid UTF-8 at byte 5"),
        ] {
            assert!(found.contains(part), "{found}");
        }
        assert!(wanted(Some(&[])).columns(b"text,a,a", b',').is_ok());
    }
}
