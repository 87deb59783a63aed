//! The scanner, held against serde_json.

use proptest::prelude::*;
use serde_json::value::RawValue;

use super::*;

fn accepts(json: &str) -> bool {
    let mut scanner = Scanner::new(json);
    scanner.raw().is_ok() && scanner.end().is_ok()
}

#[test]
fn it_accepts_what_serde_json_accepts() {
    for json in [
        "",
        " ",
        "0",
        "-0",
        "00",
        "01",
        "1.",
        ".5",
        "1.5",
        "1e",
        "1e5",
        "1E+5",
        "-",
        "--1",
        "1e-",
        "true",
        "tru",
        "nul",
        "null",
        "[",
        "[]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{}",
        "{\"a\"}",
        "{\"a\":1,}",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u00e9\"",
        "\"\\ud83d\\ude42\"",
        "\"\\ud83d\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ude42\"",
        "\"a\nb\"",
        "\"\t\"",
        "\"",
        "\"\\\"",
        "[1] 2",
        "\u{a0}1",
        "1\u{0}",
        "\"\u{7f}\"",
        "{\"\\n\":[{\"x\":null}]}\r\n",
    ] {
        let oracle = serde_json::from_str::<serde_json::Value>(json);
        assert_eq!(accepts(json), oracle.is_ok(), "{json:?}");
    }
}

#[test]
fn a_thousand_brackets_are_an_error_and_no_overflow() {
    assert!(!accepts(&"[".repeat(100_000)));
    assert!(!accepts(&"{\"a\":".repeat(100_000)));
    assert!(accepts(&format!("{}{}", "[".repeat(100), "]".repeat(100))));
}

#[test]
fn compact_leaves_strings_alone() {
    assert_eq!(compact("{ \"a b\" : [ 1,\n\" \\\" \" ] }").unwrap(), "{\"a b\":[1,\" \\\" \"]}");
    assert_eq!(compact("{ a }"), None);
}

proptest! {
    #[test]
    fn strings_are_read_as_serde_json_reads_them(string: String, noise in "[\"\\\\u0-9a-f\n]{0,12}") {
        for json in [serde_json::to_string(&string).unwrap(), format!("\"{noise}\""), noise] {
            let ours = Scanner::new(&json).string().ok().map(Cow::into_owned);
            let read_whole = |json: &str| serde_json::from_str::<String>(json).ok();
            if accepts(&json) && json.trim_start().starts_with('"') {
                prop_assert_eq!(ours, read_whole(&json));
            } else {
                prop_assert_eq!(read_whole(&json), None);
            }
        }
    }

    #[test]
    fn near_json_is_accepted_as_serde_json_does(json in "[-0-9.eE+\\[\\]{},:\" tfn\\\\ua]{0,16}") {
        let oracle = serde_json::from_str::<&RawValue>(&json).is_ok();
        prop_assert_eq!(accepts(&json), oracle, "{:?}", json);
    }
}
