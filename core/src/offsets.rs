//! Positions in a text as the outside world counts them.
//!
//! Inside, a position is a byte of UTF-8. Python counts code points, JavaScript and Java count
//! UTF-16 units: outputs say which they use, and [`Positions`] converts both ways. A text of ASCII
//! alone needs no conversion; of any other one, a table of the counts at every 128th byte is made
//! when the first position is asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Span;

/// The unit in which spans of a text are written and read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Offsets {
    /// Unicode code points, as Python and R count.
    #[default]
    Chars,
    /// Bytes of UTF-8, as Rust and Go count.
    Bytes,
    /// UTF-16 units, as JavaScript, Java and C# count.
    Utf16,
}

impl Offsets {
    /// Its name in settings and documents.
    pub fn name(self) -> &'static str {
        match self {
            Offsets::Chars => "chars",
            Offsets::Bytes => "bytes",
            Offsets::Utf16 => "utf16",
        }
    }

    /// The one of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Offsets::Chars, Offsets::Bytes, Offsets::Utf16].into_iter().find(|o| o.name() == name)
    }

    /// How many units a run of UTF-8 holds; continuation bytes at its start count nothing.
    fn count(self, bytes: &[u8]) -> usize {
        let starts = || count(bytes, |byte| byte as i8 >= -0x40);
        match self {
            Offsets::Bytes => bytes.len(),
            Offsets::Chars => starts(),
            Offsets::Utf16 => starts() + count(bytes, |byte| byte >= 0xf0),
        }
    }
}

/// How many bytes are such.
fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    // Counts of few bytes fit into a byte, of which a vector holds many.
    let few = |bytes: &[u8]| bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(is(*byte).into()));
    bytes.chunks(STEP).map(|bytes| usize::from(few(bytes))).sum()
}

/// How many bytes lie between two counts of the table: no more than a byte can count.
const STEP: usize = 128;

/// Converts positions of one text, from bytes and back.
#[derive(Clone, Debug)]
pub struct Positions<'a> {
    text: &'a str,
    offsets: Offsets,
    table: Option<Table>,
}

#[derive(Clone, Debug)]
enum Table {
    /// Every unit is a byte.
    Identity,
    /// The units before each byte that is a multiple of [`STEP`].
    Counts(Vec<u32>),
}

impl<'a> Positions<'a> {
    /// Positions of this text in this unit.
    pub fn new(text: &'a str, offsets: Offsets) -> Self {
        Positions { text, offsets, table: None }
    }

    /// The span of bytes in the unit, as start and end. A position past the text stands for its end.
    pub fn outside(&mut self, span: Span) -> (u32, u32) {
        (self.unit(span.start), self.unit(span.end))
    }

    /// The bytes of a span in the unit; `None` where it leaves the text, splits a char or ends before
    /// it starts.
    pub fn inside(&mut self, start: u32, end: u32) -> Option<Span> {
        let span = Span { start: self.byte(start)?, end: self.byte(end)? };
        (start <= end).then_some(span)
    }

    /// How many units the whole text holds.
    pub fn len(&mut self) -> u32 {
        self.unit(u32::MAX)
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn unit(&mut self, byte: u32) -> u32 {
        let byte = (byte as usize).min(self.text.len());
        match self.table() {
            Table::Identity => byte as u32,
            Table::Counts(counts) => {
                let block = byte / STEP;
                let before = counts.get(block).copied().unwrap_or_default();
                let rest = self.text.as_bytes().get(block * STEP..byte).unwrap_or_default();
                before + self.offsets.count(rest) as u32
            }
        }
    }

    fn byte(&mut self, unit: u32) -> Option<u32> {
        let (text, offsets) = (self.text, self.offsets);
        let counts = match self.table() {
            Table::Identity => {
                return text.is_char_boundary(unit as usize).then_some(unit);
            }
            Table::Counts(counts) => counts,
        };
        // The last block that begins at or before the unit.
        let block = counts.partition_point(|count| *count <= unit).checked_sub(1)?;
        let (mut at, mut count) = (block * STEP, *counts.get(block)?);
        // A char that began in the block before is counted there.
        while !text.is_char_boundary(at) {
            at += 1;
        }
        let mut chars = text.get(at..)?.chars();
        while count < unit {
            let char = chars.next()?;
            at += char.len_utf8();
            count += if offsets == Offsets::Utf16 { char.len_utf16() as u32 } else { 1 };
        }
        (count == unit).then_some(at as u32)
    }

    fn table(&mut self) -> &Table {
        let (text, offsets) = (self.text, self.offsets);
        self.table.get_or_insert_with(|| {
            if offsets == Offsets::Bytes || text.is_ascii() {
                return Table::Identity;
            }
            // A count for the end too, where the text is a whole number of blocks.
            let mut before = 0;
            let counts = (0..=text.len() / STEP).map(|block| {
                let here = before;
                let end = text.len().min((block + 1) * STEP);
                before += offsets.count(&text.as_bytes()[block * STEP..end]) as u32;
                here
            });
            Table::Counts(counts.collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_emoji_is_one_char_four_bytes_and_two_utf16_units() {
        let text = "👍 ok";
        for (offsets, start, end) in
            [(Offsets::Chars, 2, 4), (Offsets::Bytes, 5, 7), (Offsets::Utf16, 3, 5)]
        {
            let mut positions = Positions::new(text, offsets);
            assert_eq!(positions.outside(Span::new(5, 7)), (start, end));
            assert_eq!(positions.inside(start, end), Some(Span::new(5, 7)));
        }
    }

    #[test]
    fn a_position_inside_a_char_or_past_the_end_is_none() {
        assert_eq!(Positions::new("👍", Offsets::Utf16).inside(0, 1), None);
        assert_eq!(Positions::new("👍", Offsets::Bytes).inside(2, 4), None);
        assert_eq!(Positions::new("👍", Offsets::Chars).inside(0, 2), None);
        assert_eq!(Positions::new("ab", Offsets::Chars).inside(2, 1), None);
        assert_eq!(Positions::new("ab", Offsets::Chars).inside(0, 3), None);
        assert_eq!(Positions::new("", Offsets::Chars).inside(0, 0), Some(Span::new(0, 0)));
    }

    #[test]
    fn the_end_of_whole_blocks_has_a_position() {
        let text = "é".repeat(STEP);
        let mut positions = Positions::new(&text, Offsets::Chars);
        assert_eq!(positions.outside(Span::new(0, text.len())), (0, STEP as u32));
        assert_eq!(positions.inside(0, STEP as u32), Some(Span::new(0, text.len())));
    }

    proptest! {
        #[test]
        fn every_boundary_converts_both_ways(text in "(a|é|€|👍|\u{301}){0,400}") {
            for offsets in [Offsets::Chars, Offsets::Bytes, Offsets::Utf16] {
                let mut positions = Positions::new(&text, offsets);
                let mut units = 0;
                for (byte, char) in text.char_indices().chain([(text.len(), 'x')]) {
                    prop_assert_eq!(positions.outside(Span::new(byte, byte)), (units, units));
                    prop_assert_eq!(positions.inside(units, units), Some(Span::new(byte, byte)));
                    units += match offsets {
                        Offsets::Chars => 1,
                        Offsets::Bytes => char.len_utf8() as u32,
                        Offsets::Utf16 => char.len_utf16() as u32,
                    };
                }
                prop_assert_eq!(positions.inside(0, units), None, "past the end");
            }
        }
    }
}
