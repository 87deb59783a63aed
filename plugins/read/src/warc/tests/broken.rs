//! Archives that are broken, and records over the limit.

use super::*;
use crate::open::Tally;

/// Three pages, the second changed, stored a member a record.
fn around(ending: &str, second: &[u8]) -> Vec<Found> {
    let (_, store) = STORED.into_iter().find(|(name, _)| *name == ending).unwrap();
    let stored = [store(&html("1", "one")), second.to_vec(), store(&html("3", "three"))];
    read_with(ending, &stored.concat(), LIMIT)
}

/// That the pages around are read, and one failure says where and what.
fn one_fails(found: &[Found], byte: usize, part: &str) {
    assert_eq!(texts(found), ["one", "three"], "{found:?}");
    let failed = failures(found);
    assert_eq!((failed.len(), failed[0].0), (1, &*format!("byte={byte}")), "{failed:?}");
    assert!(failed[0].1.contains(part), "{failed:?}");
}

#[test]
fn a_record_that_lost_a_part_fails_alone() {
    let page = html("2", &"two ".repeat(2000));
    let first = html("1", "one").len();
    // In the middle and at its end.
    for lost in [page.len() - 4000..page.len() - 3000, page.len() - 500..page.len()] {
        let mut short = page.clone();
        short.drain(lost);
        one_fails(&around("warc", &short), first, "bytes that its header says");
    }
    for (ending, store) in [STORED[1], STORED[2]] {
        let (first, whole) = (store(&html("1", "one")).len(), store(&page));
        for cut in [whole.len() - 1, whole.len() / 2, 12] {
            one_fails(&around(ending, &whole[..cut]), first, "cannot be decompressed");
        }
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 0x55;
        let found = around(ending, &flipped);
        // Of zstd, which has no checksum unless asked for, a flipped bit can pass.
        if ending == "warc.gz" {
            one_fails(&found, first, "cannot be decompressed");
        }
        // Intact as compressed, broken within.
        let mut short = page.clone();
        short.drain(page.len() - 4000..page.len() - 3000);
        one_fails(&around(ending, &store(&short)), first, "bytes that its header says");
    }
}

#[test]
fn a_header_that_makes_no_sense_costs_its_record() {
    let first = html("1", "one").len();
    let page = String::from_utf8(html("2", "two")).unwrap();
    for (from, to, part) in [
        ("Content-Length: ", "Content-Size: ", "no Content-Length"),
        ("Content-Length: ", "Content-Length: -", "no Content-Length"),
        ("Content-Length: ", "Content-Length: 9999999999999999999999", "no Content-Length"),
        ("Content-Length: ", "Content-Length: 9999999999", "the file ends before"),
        ("Content-Length: ", "Content-Length: 99999", "the file ends before"),
        ("Content-Length: ", "Content-Length: 1", "no end of a record"),
        ("WARC/1.0", "WARC/one", "does not begin with WARC"),
        ("WARC/1.0", "\u{1}garbage\r\n\r\nWARC/x", "does not begin with WARC"),
    ] {
        // The later field of a name does not count.
        let broken = page.replacen(from, to, 1);
        one_fails(&around("warc", broken.as_bytes()), first, part);
        let first = gzip(&html("1", "one")).len();
        one_fails(&around("warc.gz", &gzip(broken.as_bytes())), first, part);
    }
}

#[test]
fn what_stands_before_a_break_comes_out() {
    let pages: Vec<u8> = (0..500).flat_map(|n| html(&n.to_string(), "page")).collect();
    for (ending, store) in STORED {
        let whole = store(&pages);
        let found = read_with(ending, &whole[..whole.len() - 12], LIMIT);
        let (last, documents) = found.split_last().unwrap();
        assert!(ending == "warc.zst" || documents.len() > 300, "{ending} {}", documents.len());
        assert!(documents.iter().all(|found| found.text.is_ok()), "{ending}");
        assert!(last.text.is_err(), "{ending}");
    }
}

#[test]
fn garbage_between_members_is_one_failure() {
    for ending in ["warc.gz", "warc.zst"] {
        let found = around(ending, &[7; 1000]);
        assert_eq!((texts(&found), failures(&found).len()), (vec!["one", "three"], 1), "{ending}");
        // What looks like a member and is none.
        let magic = [0x1f, 0x8b, 8, 0, 0x28, 0xb5, 0x2f, 0xfd].repeat(500);
        let found = around(ending, &[&[7], &*magic].concat());
        assert_eq!((texts(&found), failures(&found).len()), (vec!["one", "three"], 1), "{ending}");
    }
}

#[test]
fn records_over_the_limit_fail_if_they_are_pages() {
    let large = "x".repeat(300_000);
    let image = response("4", &["Content-Type: image/png"], large.as_bytes());
    let other = record("metadata", &[], large.as_bytes());
    let text = record("resource", &["Content-Type: text/plain"], large.as_bytes());
    let (one, three) = (html("1", "one"), html("3", "three"));
    for (ending, store) in STORED {
        let pages =
            [&one, &html("2", &large), &image, &other, &text, &three].map(|page| store(page));
        let found = read_with(ending, &pages.concat(), 1000);
        assert_eq!(texts(&found), ["one", "three"], "{ending}");
        let failed = failures(&found);
        assert_eq!(failed.len(), 2, "{ending}");
        assert_eq!(failed[0].0, format!("byte={}", pages[0].len()));
        assert!(failed[1].1.contains("300000 bytes, more than max-document allows (1000)"));
    }
}

#[test]
fn a_length_far_too_large_does_not_swallow_the_next_record() {
    let broken = "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999\r\n\r\n";
    let first = html("1", "one").len();
    one_fails(&around("warc", broken.as_bytes()), first, "the file ends before");
    for (ending, store) in [STORED[1], STORED[2]] {
        let first = store(&html("1", "one")).len();
        one_fails(&around(ending, &store(broken.as_bytes())), first, "the file ends before");
    }
}

#[test]
fn files_that_are_no_archives_are_one_failure() {
    let dictionary = [0x5d, 0x2a, 0x4d, 0x18, 0, 0, 0, 0];
    for (bytes, part) in [
        (&b"Kyiv thanked Berlin.\n"[..], "does not begin with WARC"),
        (&dictionary, "dictionary"),
        (b"\x1f\x8b", "breaks off"),
        (b"\x1f\x8b\x08\xff\xff\xff", "flags"),
        (b"\x28\xb5\x2f\xfd", "breaks off"),
        (b"WARC/1.0\r\nContent-Len", "ends in its header"),
    ] {
        let found = read(bytes);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(failures(&found)[0].1.contains(part), "{found:?}");
    }
    assert!(read(b"").is_empty() && read(b"\r\n\n").is_empty());
}

#[test]
fn a_header_without_end_is_not_held() {
    let endless = [b"WARC/1.0\r\n".as_slice(), &b"a: b\r\n".repeat(100_000)].concat();
    let found = read(&[endless, html("1", "one")].concat());
    assert_eq!(texts(&found), ["one"]);
    assert!(failures(&found)[0].1.contains("does not end within"));
}

#[test]
fn a_record_of_any_size_is_passed_over_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.warc");
    let head = format!("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {}\r\n\r\n", 40 << 20);
    fs::write(&path, [html("1", "one"), head.into_bytes()].concat()).unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    // NUL bytes that take no room on the disk.
    file.set_len(file.metadata().unwrap().len() + (40 << 20)).unwrap();
    file.write_all(b"\r\n\r\n").unwrap();
    file.write_all(&html("3", "three")).unwrap();
    let mut records =
        records::Records::open(path.to_str().unwrap().into(), None, Tally::default()).unwrap();
    let mut block = Block::default();
    assert!(!crate::inputs::Records::fill(&mut records, &mut block, 1 << 20));
    assert_eq!(block.pieces.len(), 2);
    assert!(records.held() < 1 << 20, "{} bytes were held", records.held());
}

/// Archives, whole and broken, stored in all ways.
fn archives() -> impl Strategy<Value = Vec<u8>> {
    let page = prop_oneof![
        testing::texts_like_news().prop_map(String::into_bytes),
        prop::collection::vec(prop_oneof![0x20..0x7fu8, 0x80..=0xffu8], 0..80),
        Just(b"\r\n\r\nWARC/1.0\r\n\r\n".to_vec()),
    ];
    let fields = prop::sample::subsequence(
        vec![
            "Content-Type: text/html",
            "Content-Type: text/plain; charset=koi8-r",
            "Content-Encoding: gzip",
            "Content-Encoding: deflate",
            "Transfer-Encoding: chunked",
        ],
        0..5,
    );
    let record = prop_oneof![
        6 => (page.clone(), fields, any::<bool>(), 0..100u32).prop_map(|(page, fields, pack, id)| {
            let page = if pack { gzip(&page) } else { page };
            response(&id.to_string(), &fields, &page)
        }),
        1 => page.clone().prop_map(|page| record("conversion", &["Content-Type: text/plain"], &page)),
        1 => page.prop_map(|page| record("request", &[], &page)),
        1 => any::<Vec<u8>>(),
    ];
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..40usize);
    (
        prop::collection::vec(record, 0..6),
        prop::sample::select(STORED.map(|(_, store)| store).to_vec()),
        any::<bool>(),
        prop::collection::vec(change, 0..3),
    )
        .prop_map(|(records, store, apart, changes)| {
            let mut stored = match apart {
                true => records.iter().flat_map(|record| store(record)).collect::<Vec<u8>>(),
                false => store(&records.concat()),
            };
            for (at, byte, lost) in changes {
                if stored.is_empty() {
                    break;
                }
                let at = at.index(stored.len());
                stored[at] = byte;
                let end = (at + lost).min(stored.len());
                stored.drain(at..end);
            }
            stored
        })
}

#[test]
fn it_keeps_the_contract() {
    testing::check_selecting_source::<Warc>("warc", archives());
}
