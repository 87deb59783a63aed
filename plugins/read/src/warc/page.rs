//! What a record holds: which records are documents, and the bytes of a document.
//!
//! Of a response of HTTP, the body, out of its chunks and decompressed; of other records, the block.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use docmill_core::DocumentError;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use memchr::memchr;

use super::header::{self, Fields};

/// What a record is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its block is a response of HTTP.
    Response,
    /// Its block is the document.
    Block,
    /// It is passed over.
    Other,
}

impl Kind {
    /// Told by the record's header alone; whether a response is HTML or text, its own header tells.
    pub(super) fn of(record: Fields<'_>) -> Self {
        let content = record.get("Content-Type").unwrap_or_default();
        let (content, _) = header::media_type(content);
        let kind = record.get("WARC-Type").unwrap_or_default();
        let is = |name: &[u8]| kind.eq_ignore_ascii_case(name);
        if is(b"response") && content.eq_ignore_ascii_case(b"application/http") {
            Kind::Response
        } else if (is(b"resource") || is(b"conversion")) && is_text(content) {
            Kind::Block
        } else {
            Kind::Other
        }
    }
}

/// Whether this is the media type of HTML or of plain text.
fn is_text(media: &[u8]) -> bool {
    is_html(media) || media.eq_ignore_ascii_case(b"text/plain")
}

fn is_html(media: &[u8]) -> bool {
    media.eq_ignore_ascii_case(b"text/html") || media.eq_ignore_ascii_case(b"application/xhtml+xml")
}

/// The content type of a response: what the server said, else what the crawler found.
fn content_type<'a>(record: Fields<'a>, http: Fields<'a>) -> &'a [u8] {
    let said = http.get("Content-Type").filter(|said| !said.is_empty());
    said.or_else(|| record.get("WARC-Identified-Payload-Type")).unwrap_or_default()
}

/// Whether a response that begins with these bytes is HTML or text.
pub(super) fn is_wanted(record: Fields<'_>, block: &[u8]) -> bool {
    let head = block.get(..header::len(block).unwrap_or(block.len())).unwrap_or_default();
    is_text(header::media_type(content_type(record, Fields::of(head))).0)
}

/// A document's bytes, and what is said of them.
pub(super) struct Page<'a> {
    pub(super) raw: Cow<'a, [u8]>,
    pub(super) html: bool,
    pub(super) charset: Option<&'a [u8]>,
    /// Of the response.
    pub(super) status: Option<u32>,
}

impl<'a> Page<'a> {
    /// The document of a record, no larger than `limit`.
    pub(super) fn of(
        record: Fields<'a>,
        block: &'a [u8],
        limit: usize,
    ) -> Result<Self, DocumentError> {
        let (content, raw, status) = match Kind::of(record) {
            Kind::Response => {
                let head = header::len(block).unwrap_or(block.len());
                let (head, body) = block.split_at_checked(head).unwrap_or_default();
                let http = Fields::of(head);
                (content_type(record, http), decoded(http, body, limit)?, status(head))
            }
            _ => (record.get("Content-Type").unwrap_or_default(), Cow::Borrowed(block), None),
        };
        if raw.len() > limit {
            return Err(too_large(limit));
        }
        let (media, charset) = header::media_type(content);
        Ok(Page { raw, html: is_html(media), charset, status })
    }
}

fn too_large(limit: usize) -> DocumentError {
    DocumentError::new(format!(
        "its body has more bytes than max-document allows ({limit}); raise it in [run]"
    ))
}

/// `HTTP/1.1 200 OK`.
fn status(head: &[u8]) -> Option<u32> {
    let line = head.get(..memchr(b'\n', head)?)?;
    let code = line.split(|byte| *byte == b' ').nth(1)?.trim_ascii();
    std::str::from_utf8(code).ok()?.parse().ok()
}

/// The body as it was before it was sent: out of its chunks, then out of its compressions.
///
/// Crawlers often store a body decoded and leave the header as it was: so a body that does not begin as
/// a chunk, or as gzip or zstd, is taken as it is.
fn decoded<'a>(
    http: Fields<'a>,
    body: &'a [u8],
    limit: usize,
) -> Result<Cow<'a, [u8]>, DocumentError> {
    let mut body = Cow::Borrowed(body);
    for name in ["Transfer-Encoding", "Content-Encoding"] {
        let codings = http.all(name).flat_map(|value| value.split(|byte| *byte == b','));
        let codings: Vec<_> = codings.map(<[u8]>::trim_ascii).collect();
        for coding in codings.into_iter().rev() {
            if let Some(before) = undo(coding, &body, limit)? {
                body = Cow::Owned(before);
            }
        }
    }
    Ok(body)
}

/// Undoes one coding; `None` where the body is not in it.
fn undo(coding: &[u8], body: &[u8], limit: usize) -> Result<Option<Vec<u8>>, DocumentError> {
    let coding = coding.to_ascii_lowercase();
    let mut out = Vec::new();
    match &*coding {
        b"" | b"identity" | b"none" | b"utf-8" => return Ok(None),
        _ if body.is_empty() => return Ok(None),
        b"chunked" => return dechunk(body),
        b"gzip" | b"x-gzip" => {
            if !body.starts_with(&[0x1f, 0x8b]) {
                return Ok(None);
            }
            read(MultiGzDecoder::new(body), "gzip", limit, &mut out)?;
        }
        b"deflate" => {
            let zlib = matches!(*body, [a, b, ..]
                if a & 15 == 8 && (u16::from(a) << 8 | u16::from(b)).is_multiple_of(31));
            // The standard means zlib; some servers send it bare.
            if zlib {
                read(ZlibDecoder::new(body), "deflate", limit, &mut out)?;
            } else {
                read(DeflateDecoder::new(body), "deflate", limit, &mut out)?;
            }
        }
        b"zstd" => {
            if !body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
                return Ok(None);
            }
            let decoder = zstd::stream::read::Decoder::with_buffer(body);
            let decoder = decoder.map_err(|error| DocumentError::because("zstd fails", error))?;
            read(decoder, "zstd", limit, &mut out)?;
        }
        other => {
            let other = String::from_utf8_lossy(other);
            return Err(DocumentError::new(format!(
                "its body is compressed with `{other}`, which is not supported; gzip, deflate and zstd \
                 are: crawl without `{other}`, or store bodies decoded"
            )));
        }
    }
    Ok(Some(out))
}

fn read(from: impl Read, name: &str, limit: usize, out: &mut Vec<u8>) -> Result<(), DocumentError> {
    let read = from.take((limit as u64).saturating_add(1)).read_to_end(out);
    read.map_err(|error: io::Error| {
        DocumentError::because(format!("its body is broken {name}; crawl it anew"), error)
    })?;
    if out.len() > limit { Err(too_large(limit)) } else { Ok(()) }
}

/// Joins chunks; `None` where the body does not begin with one.
fn dechunk(body: &[u8]) -> Result<Option<Vec<u8>>, DocumentError> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let at = body.len() - rest.len();
        let line = memchr(b'\n', rest).and_then(|end| rest.split_at_checked(end + 1));
        let chunk = line.and_then(|(line, after)| Some((chunk_size(line)?, after)));
        let Some((size, after)) = chunk else {
            return if at == 0 { Ok(None) } else { Err(broken_chunk(at)) };
        };
        if size == 0 {
            return Ok(Some(out));
        }
        let Some((bytes, after)) = after.split_at_checked(size) else {
            return Err(broken_chunk(at));
        };
        out.extend_from_slice(bytes);
        let after = after.strip_prefix(b"\r").unwrap_or(after);
        rest = after.strip_prefix(b"\n").ok_or_else(|| broken_chunk(at))?;
    }
}

fn broken_chunk(at: usize) -> DocumentError {
    DocumentError::new(format!(
        "its body is chunked and breaks off in the chunk at byte {at} of it; crawl it anew"
    ))
}

/// `1a2b;extension`, in hexadecimal.
fn chunk_size(line: &[u8]) -> Option<usize> {
    let size = line.split(|byte| *byte == b';').next()?.trim_ascii();
    let digits = std::str::from_utf8(size).ok().filter(|size| !size.starts_with('+'))?;
    usize::from_str_radix(digits, 16).ok()
}
