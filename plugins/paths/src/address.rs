//! Addresses of objects: `s3://bucket/key`.
//!
//! A key stands as it is, without percent escapes, as the stores' own tools take it.

/// The kinds of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Amazon S3, and whatever speaks as it does.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
}

const SCHEMES: [(&str, Kind); 3] =
    [("s3://", Kind::S3), ("gs://", Kind::Google), ("az://", Kind::Azure)];

/// A place in a store: an object, a prefix of objects, or a glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    pub(crate) kind: Kind,
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
}

impl<'a> Address<'a> {
    /// `None` for what is a local path.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        let found =
            SCHEMES.iter().find_map(|(scheme, kind)| Some((*kind, path.strip_prefix(scheme)?)));
        let (kind, rest) = found?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        Some(Address { kind, bucket, key })
    }
}

/// Whether a path is the address of an object, or of several, in a store.
pub fn is_in_store(path: &str) -> bool {
    Address::of(path).is_some()
}

/// Why an address of another kind is not read.
pub(crate) fn unknown_scheme(path: &str) -> Option<String> {
    let (scheme, _) = path.split_once("://")?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_scheme.then(|| {
        format!(
            "`{scheme}://` is read from nowhere; fetch `{path}` first, or put it into a store \
             (`s3://`, `gs://`, `az://`)"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_bucket_and_a_key_as_it_is() {
        let of = |path| Address::of(path).map(|a| (a.kind, a.bucket, a.key));
        assert_eq!(of("s3://b/a b/%20?#.txt"), Some((Kind::S3, "b", "a b/%20?#.txt")));
        assert_eq!(of("gs://b"), Some((Kind::Google, "b", "")));
        assert_eq!(of("az://b/"), Some((Kind::Azure, "b", "")));
        assert_eq!(of("s3:/b/c"), None);
        assert_eq!(of("./s3://b/c"), None);
        assert_eq!(of("https://b/c"), None);
    }

    #[test]
    fn other_schemes_are_named() {
        let message = unknown_scheme("https://a.example/b.txt").unwrap();
        assert!(message.contains("`https://` is read from nowhere; fetch"), "{message}");
        assert_eq!(unknown_scheme("a/b://c"), None);
        assert_eq!(unknown_scheme("none.txt"), None);
    }
}
