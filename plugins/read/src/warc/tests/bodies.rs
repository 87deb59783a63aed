//! Bodies of HTTP.

use super::*;

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The text of a body that was sent with these fields.
fn body(fields: &[&str], body: &[u8]) -> Result<String, String> {
    body_within(fields, body, LIMIT)
}

fn body_within(fields: &[&str], body: &[u8], limit: usize) -> Result<String, String> {
    let fields = [&["Content-Type: text/html"], fields].concat();
    let mut found = read_with("warc", &response("1", &fields, body), limit);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, if found[0].locator == "byte=0" { &found[0].id } else { "1" });
    found.pop().unwrap().text
}

#[test]
fn chunks_are_joined() {
    let chunked = ["Transfer-Encoding: chunked"];
    assert_eq!(
        body(&chunked, b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n").unwrap(),
        "abc0123456789"
    );
    assert_eq!(body(&chunked, b"0\r\nTrailer: x\r\n\r\n").unwrap(), "");
    assert_eq!(body(&chunked, b"").unwrap(), "");
    assert_eq!(body(&chunked, b"<p>stored as one").unwrap(), "<p>stored as one");
    for (broken, at) in [
        (&b"3\r\nabc\r\n5\r\nab"[..], "byte 8"),
        (b"3\r\nabc\r\nx\r\n", "byte 8"),
        (b"3\r\nabcd\r\n0\r\n\r\n", "byte 0"),
        (b"ffffffffffffffff\r\nabc", "byte 0"),
        (b"3\r\nabc\r\n", "byte 8"),
    ] {
        assert!(body(&chunked, broken).unwrap_err().contains(at));
    }
}

#[test]
fn compressed_bodies_are_decompressed() {
    let page = "<p>Kyïv".as_bytes();
    for (coding, bytes) in [
        ("gzip", gzip(page)),
        ("x-gzip", gzip(page)),
        ("GZIP", page.to_vec()),
        ("deflate", deflate(page)),
        ("deflate", zlib(page)),
        ("zstd", zst(page)),
        ("zstd", page.to_vec()),
        ("identity", page.to_vec()),
        ("deflate, gzip", gzip(&zlib(page))),
    ] {
        let field = format!("Content-Encoding: {coding}");
        assert_eq!(body(&[&field], &bytes).unwrap(), "<p>Kyïv", "{coding}");
    }
    let both = ["Content-Encoding: gzip", "Transfer-Encoding: chunked"];
    let packed = gzip(page);
    let chunk = [format!("{:x}\r\n", packed.len()).as_bytes(), &packed, b"\r\n0\r\n\r\n"].concat();
    assert_eq!(body(&both, &chunk).unwrap(), "<p>Kyïv");
}

#[test]
fn a_body_that_cannot_be_decoded_fails_its_document() {
    let error = body(&["Content-Encoding: br"], b"\x0b\x02").unwrap_err();
    assert!(error.contains("`br`, which is not supported"), "{error}");
    let packed = gzip(b"<p>Kyiv");
    let error = body(&["Content-Encoding: gzip"], &packed[..packed.len() - 9]).unwrap_err();
    assert!(error.contains("broken gzip"), "{error}");
    let error = body(&["Content-Encoding: deflate"], b"<p>").unwrap_err();
    assert!(error.contains("broken deflate"), "{error}");
    let error = body(&[], b"<p>\xc3\xaf\xc3\xaf\xff").unwrap_err();
    assert!(error.contains("invalid UTF-8 at byte 7"), "{error}");
}

#[test]
fn a_bomb_is_no_larger_than_the_limit() {
    let bomb = gzip(&vec![b'x'; 4 << 20]);
    let error = body_within(&["Content-Encoding: gzip"], &bomb, 1 << 20).unwrap_err();
    assert!(error.contains("more bytes than max-document allows"), "{error}");
    let again = gzip(&bomb);
    let error = body_within(&["Content-Encoding: gzip, gzip"], &again, 1 << 20).unwrap_err();
    assert!(error.contains("more bytes than max-document allows"), "{error}");
    assert_eq!(body_within(&[], &[b'x'; 100], 100).unwrap().len(), 100);
    assert!(body_within(&[], &[b'x'; 101], 100).is_err());
}

#[test]
fn the_charset_of_the_header_goes_before_the_pages_own() {
    let field = "Content-Type: text/html; charset=windows-1251";
    let found = read(&response("1", &[field], b"<meta charset=koi8-r>\xca\xe8\xe5\xe2"));
    assert_eq!(texts(&found), ["<meta charset=koi8-r>Киев"]);
    assert!(found[0].metadata.contains(r#""encoding":"windows-1251""#));
}
