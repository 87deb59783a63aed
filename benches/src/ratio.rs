//! Compares two pieces of work in one run: what holds on any machine, shared or not.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// What two pieces of work cost, side by side.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    /// The median, over pairs of runs, of the first's processor time by the second's. The time of all
    /// threads counts.
    pub cpu: f64,
    /// The same for time on the clock.
    pub wall: f64,
}

/// Runs `first` and `second` in turn, `pairs` times after one pair that does not count.
pub fn ratio(pairs: usize, mut first: impl FnMut(), mut second: impl FnMut()) -> Ratio {
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for pair in 0..=pairs {
        let (a, b) = (cost(&mut first), cost(&mut second));
        if pair > 0 {
            cpu.push(a.0.as_secs_f64() / b.0.as_secs_f64());
            wall.push(a.1.as_secs_f64() / b.1.as_secs_f64());
        }
    }
    Ratio { cpu: median(cpu), wall: median(wall) }
}

fn cost(work: &mut impl FnMut()) -> (Duration, Duration) {
    let (cpu, wall) = (process_time(), Instant::now());
    work();
    (process_time() - cpu, wall.elapsed())
}

fn process_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_work_costs_about_twice() {
        let work = |times: u64| {
            let sum = (0..times * 2_000_000)
                .fold(0u64, |sum, n| std::hint::black_box(sum.wrapping_add(n * n)));
            std::hint::black_box(sum);
        };
        let ratio = ratio(5, || work(4), || work(1));
        assert!(ratio.cpu > 2.0 && ratio.cpu < 8.0, "{ratio:?}");
    }
}
