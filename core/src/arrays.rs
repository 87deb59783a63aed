//! The flat form of annotations and metadata: plain records over one string arena.
//!
//! A document and a change set hold the same arrays, so that they can cross a C interface or a pipe
//! as they lie in memory. What came from outside goes through [`crate::Changes::check_form`] first. Nothing here
//! checks spans; [`crate::Changes`] and the engine do.

use std::hash::Hasher;

use rustc_hash::FxHasher;

pub(crate) use crate::door::abi::{Kind, RawAnnotation, RawFeature, RawLayer, RawValue, Str};
use crate::{Span, Value, value::List};

/// Annotations, their features, layers and metadata over one arena.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrays {
    pub(crate) arena: String,
    pub(crate) values: Vec<RawValue>,
    pub(crate) features: Vec<RawFeature>,
    pub(crate) annotations: Vec<RawAnnotation>,
    pub(crate) layers: Vec<RawLayer>,
    pub(crate) metadata: Vec<RawFeature>,
    interned: Interned,
}

/// Strings up to this many bytes are stored once.
const INTERNED_LEN: usize = 64;

/// How many slots are looked at for a string. One that finds no place among them is stored again each
/// time it comes: strings chosen to fall into one slot must not cost quadratic time.
const PROBES: usize = 16;

/// A table of the short strings of an arena: open addressing, one slot a string.
#[derive(Clone, Debug, Default)]
struct Interned {
    slots: Vec<Str>,
    used: usize,
}

impl Arrays {
    pub(crate) fn clear(&mut self) {
        self.arena.clear();
        self.values.clear();
        self.features.clear();
        self.annotations.clear();
        self.layers.clear();
        self.metadata.clear();
        self.forget_interned();
    }

    /// How many bytes its buffers hold, used or not.
    pub(crate) fn capacity(&self) -> usize {
        fn bytes<T>(records: &Vec<T>) -> usize {
            records.capacity() * size_of::<T>()
        }
        self.arena.capacity()
            + bytes(&self.values)
            + bytes(&self.features)
            + bytes(&self.annotations)
            + bytes(&self.layers)
            + bytes(&self.metadata)
            + bytes(&self.interned.slots)
    }

    /// For when arena bytes were added from elsewhere or dropped.
    pub(crate) fn forget_interned(&mut self) {
        if self.interned.used > 0 {
            self.interned.slots.fill(Str::default());
            self.interned.used = 0;
        }
    }

    pub(crate) fn str(&self, at: Str) -> &str {
        let start = at.start as usize;
        self.arena.get(start..start + at.len as usize).unwrap_or_default()
    }

    pub(crate) fn push_str(&mut self, text: &str) -> Str {
        if text.is_empty() {
            return Str::default();
        }
        if text.len() > INTERNED_LEN {
            return self.append(text);
        }
        if self.interned.slots.len() < 2 * (self.interned.used + 1) {
            self.grow_interned();
        }
        for slot in slots_of(text, self.interned.slots.len()) {
            let found = self.interned.slots[slot];
            if found.len == 0 {
                let new = self.append(text);
                self.interned.slots[slot] = new;
                self.interned.used += 1;
                return new;
            }
            if self.str(found) == text {
                return found;
            }
        }
        self.append(text)
    }

    fn append(&mut self, text: &str) -> Str {
        let start = self.arena.len() as u32;
        self.arena.push_str(text);
        Str { start, len: text.len() as u32 }
    }

    fn grow_interned(&mut self) {
        let len = (self.interned.slots.len() * 2).max(64);
        let old = std::mem::replace(&mut self.interned.slots, vec![Str::default(); len]);
        self.interned.used = 0;
        for string in old.into_iter().filter(|s| s.len > 0) {
            let free = slots_of(self.str(string), len)
                .find(|slot| self.interned.slots[*slot] == Str::default());
            if let Some(slot) = free {
                self.interned.slots[slot] = string;
                self.interned.used += 1;
            }
        }
    }

    pub(crate) fn push_value(&mut self, value: Value<'_>) -> RawValue {
        match value {
            Value::Text(text) => {
                let at = self.push_str(text);
                RawValue { kind: Kind::TEXT, a: at.start, b: at.len }
            }
            Value::Json(json) => {
                let at = self.push_str(json);
                RawValue { kind: Kind::JSON, a: at.start, b: at.len }
            }
            Value::Number(number) => {
                let bits = number.to_bits();
                RawValue { kind: Kind::NUMBER, a: (bits >> 32) as u32, b: bits as u32 }
            }
            Value::Bool(bool) => RawValue { kind: Kind::BOOL, a: bool.into(), b: 0 },
            Value::Span(span) => RawValue { kind: Kind::SPAN, a: span.start, b: span.end },
            Value::List(list) => {
                // A list inside a list lies before it, so that each list is one run.
                let members: Vec<RawValue> =
                    list.iter().map(|member| self.push_value(member)).collect();
                let start = self.values.len() as u32;
                self.values.extend(members);
                RawValue { kind: Kind::LIST, a: start, b: self.values.len() as u32 - start }
            }
        }
    }

    pub(crate) fn value(&self, raw: RawValue) -> Value<'_> {
        let text = || self.str(Str { start: raw.a, len: raw.b });
        match raw.kind {
            Kind::TEXT => Value::Text(text()),
            Kind::NUMBER => {
                Value::Number(f64::from_bits(u64::from(raw.a) << 32 | u64::from(raw.b)))
            }
            Kind::BOOL => Value::Bool(raw.a != 0),
            Kind::SPAN => Value::Span(Span { start: raw.a, end: raw.b }),
            Kind::LIST => Value::List(List::flat(self, raw.a, raw.b)),
            // The only other one: no unknown kind comes through the doors.
            _ => Value::Json(text()),
        }
    }

    pub(crate) fn push_feature(&mut self, key: &str, value: Value<'_>) -> RawFeature {
        let key = self.push_str(key);
        let value = self.push_value(value);
        RawFeature { key, value }
    }

    pub(crate) fn features_of(&self, annotation: &RawAnnotation) -> &[RawFeature] {
        let start = annotation.features as usize;
        self.features.get(start..start + annotation.features_len as usize).unwrap_or_default()
    }

    pub(crate) fn layer_index(&self, name: &str) -> Option<usize> {
        self.layers.iter().position(|layer| self.str(layer.name) == name)
    }

    /// Sets a metadata value; an earlier one under the same key is replaced in place.
    pub(crate) fn set_metadata(&mut self, key: &str, value: Value<'_>) {
        let feature = self.push_feature(key, value);
        let old = self.metadata.iter().position(|old| self.str(old.key) == key);
        match old {
            Some(at) => self.metadata[at] = feature,
            None => self.metadata.push(feature),
        }
    }
}

/// The slots where a string may stand, of a table whose length is a power of two.
fn slots_of(text: &str, len: usize) -> impl Iterator<Item = usize> + use<> {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    // FxHasher's low bits mix worst; take high ones.
    let first = (hasher.finish() >> 20) as usize;
    (first..first + PROBES).map(move |slot| slot & (len - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_string_is_stored_once() {
        let mut arrays = Arrays::default();
        let first = arrays.push_str("GPE");
        for n in 0..1000 {
            arrays.push_str(&format!("label {n}"));
        }
        assert_eq!(arrays.push_str("GPE"), first);
        assert_eq!(arrays.str(first), "GPE");
    }

    /// Strings of 32 bytes with one hash: where the last eight bytes are what the first sixteen are
    /// mixed to, the hash is a product with zero, whatever stands between.
    fn colliding(count: usize) -> impl Iterator<Item = String> {
        let mixed = |prefix: &str| {
            let word =
                |at: usize| u64::from_le_bytes(prefix.as_bytes()[at..at + 8].try_into().unwrap());
            let factors = (0x243f_6a88_85a3_08d3 ^ word(0), 0xa409_3822_299f_31d0 ^ word(8));
            let product = u128::from(factors.0) * u128::from(factors.1);
            String::from_utf8((product as u64 ^ (product >> 64) as u64).to_le_bytes().to_vec()).ok()
        };
        let (prefix, suffix) = (0..)
            .map(|n| format!("{n:016}"))
            .find_map(|prefix| mixed(&prefix).map(|suffix| (prefix, suffix)))
            .unwrap();
        (0..count).map(move |n| format!("{prefix}{n:08}{suffix}"))
    }

    #[test]
    fn strings_chosen_to_collide_cost_no_quadratic_time() {
        let mut arrays = Arrays::default();
        let strings: Vec<_> = colliding(1000).map(|text| (arrays.push_str(&text), text)).collect();
        assert_eq!(arrays.interned.used, PROBES, "the others are stored and not searched for");
        assert!(strings.iter().all(|(at, text)| arrays.str(*at) == text));
    }

    #[test]
    fn nested_lists_come_back() {
        let mut arrays = Arrays::default();
        let inner = [Value::Number(1.5), Value::Text("a")];
        let outer = [Value::from(&inner[..]), Value::Bool(true)];
        let raw = arrays.push_value(Value::from(&outer[..]));
        assert_eq!(arrays.value(raw), Value::from(&outer[..]));
    }

    #[test]
    fn metadata_set_again_is_replaced() {
        let mut arrays = Arrays::default();
        arrays.set_metadata("outlet", Value::Text("a"));
        arrays.set_metadata("outlet", Value::Text("b"));
        assert_eq!(arrays.metadata.len(), 1);
        assert_eq!(arrays.value(arrays.metadata[0].value), Value::Text("b"));
    }
}
