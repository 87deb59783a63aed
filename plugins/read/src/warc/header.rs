//! The headers of records and of HTTP: a first line, then `Name: value` lines.

use memchr::{memchr, memmem};

/// The lines of a header after its first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The fields of a header, with its first line or without.
    pub(super) fn of(header: &'a [u8]) -> Self {
        Fields(header)
    }

    /// The value of the first field of this name, in capitals or not. Of a value that goes over lines,
    /// which no writer makes today, only the first.
    pub(super) fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The values of all fields of this name.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            while !rest.is_empty() {
                let end = memchr(b'\n', rest).unwrap_or(rest.len());
                let (line, after) = rest.split_at(end);
                rest = after.get(1..).unwrap_or_default();
                if let Some((key, value)) = line.split_at_checked(name.len())
                    && key.eq_ignore_ascii_case(name.as_bytes())
                    && let Some(value) = value.trim_ascii_start().strip_prefix(b":")
                {
                    return Some(value.trim_ascii());
                }
            }
            None
        })
    }
}

/// The length of a header with the blank line that ends it.
pub(super) fn len(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr(b'\n', bytes.get(from..)?)? + 1;
        match bytes.get(at..)? {
            [b'\n', ..] => return Some(at + 1),
            [b'\r', b'\n', ..] => return Some(at + 2),
            _ => from = at,
        }
    }
}

/// A media type without its parameters, and the parameter `charset`.
pub(super) fn media_type(value: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut parts = value.split(|byte| *byte == b';');
    let media = parts.next().unwrap_or_default().trim_ascii();
    let charset = parts.find_map(|part| {
        let (key, value) = part.split_at(memchr(b'=', part)?);
        let value = value.get(1..)?.trim_ascii();
        let quoted = |byte: &u8| matches!(byte, b'"' | b'\'');
        let start = usize::from(value.first().is_some_and(quoted));
        let end =
            value.len() - usize::from(value.len() > start && value.last().is_some_and(quoted));
        key.trim_ascii().eq_ignore_ascii_case(b"charset").then(|| value.get(start..end))?
    });
    (media, charset)
}

/// Whether these bytes begin with a record's first line, as far as they go: `WARC/1.1`.
pub(super) fn begins_record(bytes: &[u8]) -> bool {
    let line = b"WARC/d.d";
    let fits = |(byte, wanted): (&u8, &u8)| match wanted {
        b'd' => byte.is_ascii_digit(),
        _ => byte == wanted,
    };
    bytes.iter().zip(line).all(fits)
        && matches!(bytes.get(line.len()..), None | Some([] | [b'\r' | b'\n', ..]))
}

/// Where after the first of these bytes a record begins, as its first line and the name of its first
/// field show, also in the middle of a line: the record before may have lost its end.
pub(super) fn find_record(bytes: &[u8]) -> Option<usize> {
    let mut found = memmem::find_iter(bytes, b"WARC/").filter(|at| *at > 0);
    found.find(|at| {
        let from = bytes.get(*at..).unwrap_or_default();
        let field = from.get(8..).map(|from| from.strip_prefix(b"\r").unwrap_or(from));
        let field = field.and_then(|from| from.strip_prefix(b"\n")).unwrap_or_default();
        begins_record(from) && (field.starts_with(b"WARC-") || field.starts_with(b"Content-"))
    })
}

/// As many bytes as show that a record begins.
pub(super) const BEGINNING: usize = b"WARC/1.0\r\nContent-".len();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_name_in_any_case() {
        let fields =
            Fields::of(b"WARC/1.0\r\nWARC-Type:response\r\nwarc-typed: x\r\nA : b \r\na: c\n\r\n");
        assert_eq!(fields.get("warc-type"), Some(&b"response"[..]));
        assert_eq!(fields.all("a").collect::<Vec<_>>(), [b"b", b"c"]);
        assert_eq!(fields.get("none"), None);
    }

    #[test]
    fn a_header_ends_with_a_blank_line() {
        assert_eq!(len(b"a: b\r\n\r\nc"), Some(8));
        assert_eq!(len(b"a: b\n\nc"), Some(6));
        assert_eq!(len(b"a: b\r\n"), None);
        assert_eq!(len(b""), None);
    }

    #[test]
    fn a_media_type_may_have_a_charset() {
        let plain = &b"text/html"[..];
        assert_eq!(media_type(b"text/html"), (plain, None));
        assert_eq!(media_type(b"text/html ;a=b; Charset=\"utf-8\""), (plain, Some(&b"utf-8"[..])));
        assert_eq!(media_type(b"text/html;charset="), (plain, Some(&b""[..])));
        assert_eq!(media_type(b"text/html;charset=\""), (plain, Some(&b""[..])));
    }

    #[test]
    fn a_record_begins_with_its_version() {
        assert!(
            begins_record(b"WARC/1.1\r\n") && begins_record(b"WAR") && begins_record(b"WARC/0.9")
        );
        assert!(
            !begins_record(b"WARC/1.10\r\n") && !begins_record(b"WARC/x") && !begins_record(b"x")
        );
        assert_eq!(find_record(b"a\nWARC/\r\nWARC/1.0\r\nWARC-Type"), Some(9));
        assert_eq!(find_record(b"lostWARC/1.0\nContent-Length"), Some(4));
        assert_eq!(find_record(b"WARC/1.0\r\nWARC-Type"), None);
        assert_eq!(find_record(b"a\nWARC/1.0\r\nis a format"), None);
    }
}
