//! Intervals by bootstrap: from the repeats drawn again and again, with replacement.
//!
//! Draws come from a fixed seed, so the same measurements give the same intervals. Repeats are few, for which the plain
//! bootstrap's intervals are too narrow; they are widened by as much as Student's are wider than the normal ones
//! (T. Hesterberg, "What teachers should know about the bootstrap", 2015).

/// How often is drawn.
const DRAWS: usize = 10_000;

/// An estimate, and where the true value lies with the confidence asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) estimate: f64,
    pub(super) high: f64,
}

impl Interval {
    /// The same of a function of the value that grows with it.
    pub(super) fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Interval { low: f(self.low), estimate: f(self.estimate), high: f(self.high) }
    }

    /// With `by` more on both sides.
    pub(super) fn widened(self, by: f64) -> Self {
        Interval { low: self.low - by, high: self.high + by, ..self }
    }
}

/// The centre of one sample.
pub(super) fn of_one(sample: &[f64], confidence: f64) -> Interval {
    let mut drawn = Vec::with_capacity(sample.len());
    let mut source = Source::default();
    let draws = (0..DRAWS).map(|_| source.centre(sample, &mut drawn)).collect();
    interval(centre(&mut sample.to_vec()), draws, sample.len(), confidence)
}

/// By how much the centre of the second sample lies above that of the first.
pub(super) fn of_two(first: &[f64], second: &[f64], confidence: f64) -> Interval {
    let mut drawn = Vec::new();
    let mut source = Source::default();
    let mut draw = || source.centre(second, &mut drawn) - source.centre(first, &mut drawn);
    let draws = (0..DRAWS).map(|_| draw()).collect();
    let estimate = centre(&mut second.to_vec()) - centre(&mut first.to_vec());
    interval(estimate, draws, first.len().min(second.len()), confidence)
}

fn interval(estimate: f64, mut draws: Vec<f64>, size: usize, confidence: f64) -> Interval {
    draws.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    let at = |share: f64| {
        let place = (share * (draws.len() - 1) as f64).round() as usize;
        draws.get(place).copied().unwrap_or(estimate)
    };
    let n = size.max(2) as f64;
    let wider = student(tail, n - 1.0) / normal(tail) * (n / (n - 1.0)).sqrt();
    Interval {
        low: estimate - wider * (estimate - at(tail)).max(0.0),
        estimate,
        high: estimate + wider * (at(1.0 - tail) - estimate).max(0.0),
    }
}

/// The mean of the middle half: single repeats that something came between do not move it.
pub(super) fn centre(sample: &mut [f64]) -> f64 {
    sample.sort_unstable_by(f64::total_cmp);
    let cut = sample.len() / 4;
    let middle = &sample[cut..sample.len() - cut];
    middle.iter().sum::<f64>() / middle.len() as f64
}

/// Draws numbers (SplitMix64: S. Vigna, from G. Steele and others, 2014).
struct Source(u64);

impl Default for Source {
    fn default() -> Self {
        Source(0x5eed)
    }
}

impl Source {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The centre of as many numbers of the sample, drawn with replacement into `drawn`.
    fn centre(&mut self, sample: &[f64], drawn: &mut Vec<f64>) -> f64 {
        drawn.clear();
        let len = sample.len() as u64;
        drawn.extend((0..len).map(|_| sample[(self.next() % len) as usize]));
        centre(drawn)
    }
}

/// The value that a standard normal variable exceeds with this chance, up to one half.
fn normal(chance: f64) -> f64 {
    solve(|x| 0.5 * erfc(x / std::f64::consts::SQRT_2), chance)
}

/// The same of Student's variable with these degrees of freedom.
fn student(chance: f64, freedom: f64) -> f64 {
    solve(|x| student_tail(x, freedom), chance)
}

/// Where a function that falls from one half at zero has this value.
fn solve(f: impl Fn(f64) -> f64, value: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e4);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if f(middle) > value { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The complementary error function at `x` from 0, within 1.2e-7 of its value (W. Press and others, Numerical Recipes,
/// 6.2.2).
fn erfc(x: f64) -> f64 {
    const FACTORS: [f64; 10] = [
        -1.26551223,
        1.00002368,
        0.37409196,
        0.09678418,
        -0.18628806,
        0.27886807,
        -1.13520398,
        1.48851587,
        -0.82215223,
        0.17087277,
    ];
    let t = 1.0 / (1.0 + 0.5 * x);
    let power = FACTORS.iter().rev().fold(0.0, |sum, factor| sum * t + factor);
    t * (-x * x + power).exp()
}

/// The chance that Student's variable with this many degrees of freedom, a whole number, exceeds `x` (M. Abramowitz and
/// I. Stegun, 26.7.3 and 26.7.4).
fn student_tail(x: f64, freedom: f64) -> f64 {
    let angle = (x / freedom.sqrt()).atan();
    let (sine, cosine) = angle.sin_cos();
    let odd = freedom as u64 % 2 == 1;
    let (mut sum, mut term) = (0.0, if odd { cosine } else { 1.0 });
    let mut k = if odd { 1.0 } else { 0.0 };
    while k < freedom - 1.0 {
        sum += term;
        term *= cosine * cosine * (k + 1.0) / (k + 2.0);
        k += 2.0;
    }
    let inside = match odd {
        true => (angle + sine * sum) * std::f64::consts::FRAC_2_PI,
        false => sine * sum,
    };
    (1.0 - inside) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let close = |a: f64, b: f64| (a - b).abs() < 0.002;
        assert!(close(normal(0.025), 1.960) && close(normal(0.005), 2.576));
        assert!(close(student(0.025, 1.0), 12.706), "{}", student(0.025, 1.0));
        assert!(close(student(0.025, 2.0), 4.303), "{}", student(0.025, 2.0));
        assert!(close(student(0.025, 9.0), 2.262), "{}", student(0.025, 9.0));
        assert!(close(student(0.005, 10.0), 3.169), "{}", student(0.005, 10.0));
    }

    /// Samples of sums of uniform numbers, which are nearly normal, around zero.
    fn samples(source: &mut Source, size: usize) -> Vec<f64> {
        let uniform = |source: &mut Source| (source.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (0..size).map(|_| (0..12).map(|_| uniform(source)).sum::<f64>() - 6.0).collect()
    }

    #[test]
    fn an_interval_holds_the_true_value_as_often_as_it_says() {
        let mut source = Source(1);
        let (mut one, mut two) = (0, 0);
        for _ in 0..50 {
            let (a, b) = (samples(&mut source, 10), samples(&mut source, 10));
            let holds = |i: Interval| usize::from(i.low <= 0.0 && 0.0 <= i.high);
            one += holds(of_one(&a, 0.9));
            two += holds(of_two(&a, &b, 0.9));
        }
        assert!((40..50).contains(&one) && (40..50).contains(&two), "{one} and {two} of 50");
    }

    #[test]
    fn the_same_sample_gives_the_same_interval_around_its_centre() {
        let sample = [1.0, 2.0, 3.0, 100.0];
        let interval = of_one(&sample, 0.95);
        assert_eq!(interval, of_one(&sample, 0.95));
        assert_eq!(interval.estimate, 2.5, "what lies apart does not count");
        assert!(interval.low < 2.5 && interval.high > 3.0);
        let same = of_one(&[2.0, 2.0], 0.95);
        assert_eq!((same.low, same.high), (2.0, 2.0));
    }
}
