//! The stage on whole pages.

use docmill_core::{DocumentBuf, testing};

use super::*;

fn clean_with(text: &str, settings: Settings) -> (String, Changes) {
    let document = DocumentBuf::with_text(text);
    let mut changes = Changes::new();
    Clean::build(settings).unwrap().process(&document.view(), &mut changes).unwrap();
    (testing::edited(&document, &changes), changes)
}

fn clean(text: &str) -> String {
    clean_with(text, Settings::default()).0
}

#[test]
fn it_keeps_the_contract() {
    testing::check_stage::<Clean>(testing::no_settings(), DocumentBuf::with_text);
}

#[test]
fn a_cookie_notice_goes_the_sentence_stays() {
    let text = "We use cookies to improve your experience\n\nKyiv thanked Berlin for the tanks.";
    assert_eq!(clean(text), "Kyiv thanked Berlin for the tanks.");
}

const PAGE: &str = "menu_open News
We use cookies to give you the best experience on The Beacon

Harbour strike ends after talks between crews and the mayor

Crews accept a deal that the town had called too dear only last week

By Mara Quill
May 3, 2021, 10:15 pm
14 3

The harbour of Port Elm at dawn. (photo credit: JON ASH)
The harbour of Port Elm at dawn.
(photo credit: JON ASH)

Crews of the harbour in Port Elm ended their strike on Monday after talks with the mayor, Ines Dole.

“We have a deal, and it is a good one for both sides of the quay,” Dole told reporters.

A long night

The talks had gone on until four in the morning, according to two people who took part in them.

Read more: Port Elm counts the cost

The crews will vote on Friday.

Mara Quill is The Beacon's harbour reporter.

read more:
Never miss news of the harbour
Get notifications to stay updated
Register for free
and continue reading
By registering you agree to the terms and conditions.
Sign in
© The Beacon
";

#[test]
fn a_page_is_cleaned() {
    assert_eq!(
        clean(PAGE),
        "Harbour strike ends after talks between crews and the mayor

Crews accept a deal that the town had called too dear only last week

Crews of the harbour in Port Elm ended their strike on Monday after talks with the mayor, Ines Dole.

“We have a deal, and it is a good one for both sides of the quay,” Dole told reporters.

A long night

The talks had gone on until four in the morning, according to two people who took part in them.

The crews will vote on Friday."
    );
}

#[test]
fn line_breaks_of_windows_change_nothing() {
    assert_eq!(clean(&PAGE.replace('\n', "\r\n")), clean(PAGE).replace('\n', "\r\n"));
}

#[test]
fn cleaning_again_changes_nothing() {
    let once = clean(PAGE);
    assert_eq!(clean(&once), once);
}

#[test]
fn metadata_is_found_and_never_replaced() {
    let mut document = DocumentBuf::with_text(PAGE);
    document.set("outlet", "Port Elm Wire".into());
    let mut changes = Changes::new();
    Clean::build(Settings::default()).unwrap().process(&document.view(), &mut changes).unwrap();
    let found = testing::metadata(&changes);
    let text =
        |key| found.iter().find(|(found, _)| *found == key).and_then(|(_, value)| value.as_text());
    assert_eq!(text("title"), Some("Harbour strike ends after talks between crews and the mayor"));
    assert_eq!(text("byline"), Some("Mara Quill"));
    assert_eq!(text("date"), Some("2021-05-03"));
    assert_eq!(text("outlet"), None);
}

#[test]
fn a_rule_can_be_switched_off() {
    let settings = Settings { without: vec![Rule::CookieNotice], ..Settings::default() };
    let text = "We use cookies to improve your experience\n\nKyiv thanked Berlin for the tanks.";
    assert_eq!(clean_with(text, settings).0, text);
}

#[test]
fn a_cut_off_text_loses_the_mark_if_told_to() {
    let text = "The talks in the capital went on until late ........";
    assert_eq!(clean(text), text);
    let settings = Settings { inline: true, ..Settings::default() };
    assert_eq!(clean_with(text, settings).0, "The talks in the capital went on until late");
    testing::check_stage::<Clean>(serde_json::json!({"inline": true}), DocumentBuf::with_text);
}

proptest::proptest! {
    #[test]
    fn what_stays_is_lines_of_the_text_in_order(text in testing::texts_like_news()) {
        let cleaned = clean(&text);
        let mut lines = text.split('\n').map(|line| line.trim_end_matches(crate::lines::is_blank));
        for line in cleaned.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
            let found = line.is_empty() || lines.any(|other| other == line);
            proptest::prop_assert!(found, "{line:?} is no line of the text, or out of order");
        }
        proptest::prop_assert!(!cleaned.contains("\n\n\n") && !cleaned.contains("\n\r\n\r\n"));
        // A carriage return by itself is a character of its line.
        let blank_start = cleaned.starts_with('\n') || cleaned.starts_with("\r\n");
        proptest::prop_assert!(!blank_start || text.trim_start().is_empty());
        proptest::prop_assert!(!cleaned.ends_with(crate::lines::is_blank));
    }
}
