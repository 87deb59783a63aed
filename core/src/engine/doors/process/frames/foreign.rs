//! Frames of any bytes, as a worker that went wrong may send them.

use super::{Frame, Kind, front, read_answer, read_encoded};
use crate::{Changes, Contract, DocumentBuf, testing::check_changes};

/// See [`check_frame`](crate::testing::check_frame).
pub(crate) fn check_frame(bytes: &[u8], text: &str) {
    let Ok(Some(Frame { kind, body, len })) = front(bytes) else { return };
    assert!(len <= bytes.len() && body.len() < len, "a frame lies in its bytes");
    match kind {
        Kind::Answer => check_answer(body, text),
        Kind::Encoded => {
            let mut outputs = [Vec::new(), Vec::new()];
            if let Ok(Ok(())) = read_encoded(body, &mut outputs) {
                let encoded: usize = outputs.iter().map(Vec::len).sum();
                assert!(encoded <= body.len(), "the outputs lie in the frame");
            }
        }
        // JSON for serde, and what docmill itself sends.
        Kind::Greeting | Kind::Document => {}
    }
}

fn check_answer(body: &[u8], text: &str) {
    let mut changes = Changes::new();
    let Ok((Ok(_), _)) = read_answer(body, &mut changes) else { return };
    let arrays = &changes.arrays;
    let layers = arrays.layers.iter().map(|layer| arrays.str(layer.name));
    let keys = arrays.metadata.iter().map(|feature| arrays.str(feature.key));
    let contract = layers.fold(Contract::new().edits_text(), Contract::writes);
    let contract = keys.fold(contract, Contract::sets);
    let _ = check_changes(&DocumentBuf::with_text(text), &changes, &contract);
}
