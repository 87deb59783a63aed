//! The command protocol: an answer that is let through can be applied, and is read again as it is written.

use docmill_core::{
    Changes, Contract, DocumentBuf, Offsets, Violation, json, testing::check_changes,
};

const OFFSETS: [Offsets; 3] = [Offsets::Chars, Offsets::Bytes, Offsets::Utf16];
const TEXTS: [&str; 3] = ["Kyiv thanked Berlin.", "Kyjiw 👍 e\u{301} “ja”\n", ""];

/// The first byte chooses unit and text; the rest is the answer.
pub(crate) fn check(bytes: &[u8]) {
    let (choice, line) = super::choice(bytes);
    let (offsets, text) = (OFFSETS[choice % 3], TEXTS[choice / 3 % 3]);
    let mut changes = Changes::new();
    let Ok(Ok(verdict)) = json::read_answer(line, text, offsets, &mut changes) else { return };
    let contract = contract(line);
    match check_changes(&DocumentBuf::with_text(text), &changes, &contract) {
        Err(violation @ (Violation::BadSpan { .. } | Violation::NotFinite(_))) => {
            panic!("an answer is well formed: {violation}")
        }
        Err(_) => return,
        Ok(()) => {}
    }

    let (mut first, mut second, mut read) = (Vec::new(), Vec::new(), Changes::new());
    json::write_answer(&Ok(verdict.clone()), &changes, text, offsets, &mut first);
    let again = json::read_answer(&first, text, offsets, &mut read);
    let again = again.unwrap_or_else(|error| panic!("{error}")).expect("no error was written");
    assert_eq!(again, verdict);
    json::write_answer(&Ok(again), &read, text, offsets, &mut second);
    let [first, second] = [&first, &second].map(|line| String::from_utf8_lossy(line));
    assert_eq!(first, second, "written, read and written again");
}

/// One that allows all that the answer does.
fn contract(line: &[u8]) -> Contract {
    let answer: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
    let keys = |member: &str| answer[member].as_object().into_iter().flat_map(|o| o.keys());
    let contract = Contract::new().edits_text();
    let contract = keys("layers").fold(contract, |contract, layer| contract.writes(layer));
    keys("metadata").fold(contract, |contract, key| contract.sets(key))
}
