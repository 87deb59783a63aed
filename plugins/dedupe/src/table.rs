//! A table from keys to numbers, four bytes an entry: where to look, not what is there.
//!
//! Keys are not kept, only six bits of each, so an answer may hold numbers of other keys: who asks compares. Open
//! addressing with linear probing; all keys are hashes.

/// How many numbers there can be: they and a mark for what is free share a slot with the tag.
pub(crate) const MOST: u32 = (1 << NUMBER_BITS) - 1;

const NUMBER_BITS: u32 = 26;

/// The table.
#[derive(Default)]
pub(crate) struct Table {
    /// Six bits of the key above the number and one; 0 where nothing is.
    slots: Vec<u32>,
}

impl Table {
    /// A table with room for so many entries, which it must not be given more of.
    pub(crate) fn with_room(entries: usize) -> Self {
        // Four in five are taken at most: few more need be looked at than are found.
        Table { slots: vec![0; entries / 4 * 5 + 8] }
    }

    /// The numbers under a key, and some under others.
    #[inline]
    pub(crate) fn find(&self, key: u64) -> impl Iterator<Item = u32> {
        let (after, before) = self.from(key);
        let taken = after.iter().chain(before).take_while(|slot| **slot != 0);
        let alike = taken.filter(move |slot| **slot >> NUMBER_BITS == tag(key));
        alike.map(|slot| (slot & MOST) - 1)
    }

    /// Enters a number, below [`MOST`], under a key.
    pub(crate) fn insert(&mut self, key: u64, number: u32) {
        let (after, before) = self.from(key);
        let free = after.iter().chain(before).take_while(|slot| **slot != 0).count();
        let at = (self.slots.len() - after.len() + free) % self.slots.len().max(1);
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = tag(key) << NUMBER_BITS | (number + 1);
        }
    }

    /// The slots from a key's first on, and those before it.
    fn from(&self, key: u64) -> (&[u32], &[u32]) {
        // The upper half of the key as a share of the slots.
        let first = ((key >> 32) * self.slots.len() as u64) >> 32;
        let (before, after) = self.slots.split_at(first as usize);
        (after, before)
    }
}

/// What a slot keeps of a key: six bits that have no part in its place.
fn tag(key: u64) -> u32 {
    key as u32 & 63
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::of_hashes;

    #[test]
    fn finds_what_was_entered() {
        let mut table = Table::with_room(1000);
        for number in 0..1000 {
            table.insert(of_hashes(&[u64::from(number) / 2]), number);
        }
        let mut more = 0;
        for number in 0..1000 {
            let found: Vec<u32> = table.find(of_hashes(&[u64::from(number) / 2])).collect();
            assert!(found.contains(&number), "{number}: {found:?}");
            more += found.len() - 2;
        }
        assert!(more < 500, "{more} numbers of other keys");
        assert!(table.find(of_hashes(&[5000])).count() < 3);
    }

    #[test]
    fn goes_on_at_the_beginning() {
        let mut table = Table::with_room(4);
        for number in 0..4 {
            table.insert(u64::MAX, number);
        }
        assert_eq!(table.find(u64::MAX).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(table.find(u64::MAX - 1).count(), 0);
        assert_eq!(Table::default().find(7).count(), 0);
    }

    #[test]
    fn holds_the_largest_number() {
        let mut table = Table::with_room(1);
        table.insert(9, MOST - 1);
        assert_eq!(table.find(9).collect::<Vec<_>>(), [MOST - 1]);
    }
}
