//! Inputs, grouped into shards: the less there is in one, the less is lost when a run is broken off, and the more
//! often something is put on the disk.

use crate::{Input, Shard};

/// A shard ends with this many inputs, however small they are.
const INPUTS: usize = 4096;

/// Groups inputs, in their order, into shards of about this many bytes as stored. Ranges of one input that follow
/// on each other become one.
pub(super) fn group(inputs: impl IntoIterator<Item = Input>, bytes: u64) -> Vec<Shard> {
    let mut shards: Vec<Shard> = Vec::new();
    let mut held = u64::MAX;
    for input in inputs {
        if shards.last().is_none_or(|shard| held >= bytes || shard.inputs.len() >= INPUTS) {
            shards.push(Shard::default());
            held = 0;
        }
        held = held.saturating_add(input.bytes.unwrap_or(0));
        let Some(shard) = shards.last_mut() else { continue };
        match (shard.inputs.last_mut(), &input.range) {
            (Some(Input { uri, bytes: Some(bytes), range: Some(last), .. }), Some(range))
                if *uri == input.uri && last.end == range.start =>
            {
                last.end = range.end;
                *bytes += input.bytes.unwrap_or(0);
            }
            _ => shard.inputs.push(input),
        }
    }
    shards
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_inputs_share_a_shard() {
        let input = |bytes| Input { bytes: Some(bytes), ..Input::default() };
        let lens = |inputs| group(inputs, 10).iter().map(|s| s.inputs.len()).collect::<Vec<_>>();
        assert_eq!(lens(vec![input(0); INPUTS + 1]), [INPUTS, 1]);
        assert_eq!(lens(vec![input(10), input(1), input(9), input(1)]), [1, 2, 1]);
        assert!(group(Vec::new(), 10).is_empty());
    }

    #[test]
    fn ranges_that_follow_on_each_other_become_one() {
        let range = |uri: &str, start: u64, end: u64| Input {
            uri: uri.to_owned(),
            bytes: Some(end - start),
            range: Some(start..end),
            ..Input::default()
        };
        let inputs = || (0..5).map(|at| range("a", at * 4, at * 4 + 4)).chain([range("b", 0, 4)]);
        let shards = group(inputs(), 8);
        assert_eq!(shards[0].inputs, [range("a", 0, 8)]);
        assert_eq!(shards[1].inputs, [range("a", 8, 16)]);
        assert_eq!(shards[2].inputs, [range("a", 16, 20), range("b", 0, 4)]);
    }
}
