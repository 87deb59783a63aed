//! Positions in three units, held against counting char by char.

use docmill_core::{Offsets, Positions, Span};

/// Two numbers of two bytes, then a text.
pub(crate) fn check(bytes: &[u8]) {
    let Some(([a, b, c, d], text)) = bytes.split_first_chunk() else { return };
    let text = String::from_utf8_lossy(text);
    let numbers = [u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d])].map(u32::from);
    for offsets in [Offsets::Chars, Offsets::Bytes, Offsets::Utf16] {
        let boundaries = boundaries(&text, offsets);
        let mut positions = Positions::new(&text, offsets);
        let found = numbers.map(|number| boundaries.iter().find(|(unit, _)| *unit == number));
        let expected = match found {
            [Some((_, start)), Some((_, end))] if start <= end => Some(Span::new(*start, *end)),
            _ => None,
        };
        assert_eq!(positions.inside(numbers[0], numbers[1]), expected, "{offsets:?}");
        for (unit, byte) in &boundaries {
            assert_eq!(positions.outside(Span::new(*byte, *byte)), (*unit, *unit), "{offsets:?}");
            assert_eq!(positions.inside(*unit, *unit), Some(Span::new(*byte, *byte)));
        }
        assert_eq!(Some(positions.len()), boundaries.last().map(|(unit, _)| *unit));
    }
}

/// Every place between two chars: in the unit, and in bytes.
fn boundaries(text: &str, offsets: Offsets) -> Vec<(u32, usize)> {
    let mut unit = 0;
    let mut boundaries = vec![(0, 0)];
    for (at, char) in text.char_indices() {
        unit += match offsets {
            Offsets::Chars => 1,
            Offsets::Bytes => char.len_utf8(),
            Offsets::Utf16 => char.len_utf16(),
        };
        boundaries.push((unit as u32, at + char.len_utf8()));
    }
    boundaries
}
