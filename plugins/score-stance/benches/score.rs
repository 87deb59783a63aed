//! How fast the stage scores, in bytes of text.
use criterion::{Criterion, criterion_group, criterion_main};
fn score(_: &mut Criterion) {}
criterion_group!(benches, score);
criterion_main!(benches);
