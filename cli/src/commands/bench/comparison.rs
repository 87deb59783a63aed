//! Two measurements, compared by component and in all.

use serde_json::{Value as Json, json};

use super::{
    measurement::{ComponentName, Measurement, Repeat},
    statistics::{self, Interval},
};

/// How sure all intervals of a comparison together are.
const CONFIDENCE: f64 = 0.95;
/// How far two measurements of the same at different times may lie apart for reasons that neither shows, as the
/// logarithm of a ratio.
const DRIFT: f64 = 0.02;
/// The same of measurements in turn.
const DRIFT_IN_TURN: f64 = 0.01;

/// What changed.
pub(super) struct Comparison {
    /// All components together.
    pub(super) total: Change,
    /// The components of both, by name, in the order of the new measurement; `None` for one that is new.
    pub(super) components: Vec<(ComponentName, Option<Change>)>,
    /// Components that are no more.
    pub(super) gone: Vec<ComponentName>,
    /// What else is to be known of it.
    pub(super) remarks: Vec<String>,
}

/// The new processor time by the old.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change(pub(super) Interval);

/// What can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Slower,
    Faster,
    Same,
}

impl Change {
    pub(super) fn verdict(&self) -> Verdict {
        match self.0 {
            Interval { low, .. } if low > 1.0 => Verdict::Slower,
            Interval { high, .. } if high < 1.0 => Verdict::Faster,
            _ => Verdict::Same,
        }
    }
}

impl Comparison {
    /// Compares; `in_turn` where the repeats of both were made side by side. Says why where that would mean nothing.
    pub(super) fn of(old: &Measurement, new: &Measurement, in_turn: bool) -> Result<Self, String> {
        let mut remarks = comparable(old, new)?;
        let find = |names: &[ComponentName], name: &ComponentName| {
            names.iter().position(|other| (&other.kind, &other.name) == (&name.kind, &name.name))
        };
        let (before, now) = (&old.subject.components, &new.subject.components);
        let shared = now.iter().filter(|name| find(before, name).is_some()).count();
        // Each interval is so much surer that all of them together hold as often as said.
        let confidence = 1.0 - (1.0 - CONFIDENCE) / (shared + 1) as f64;
        let change = |seconds: &dyn Fn(&Repeat) -> f64, of_old: &dyn Fn(&Repeat) -> f64| {
            Change(ratio(old, new, of_old, seconds, in_turn, confidence))
        };
        let mut components = Vec::new();
        for (at, name) in now.iter().enumerate() {
            let changed = find(before, name).map(|was| {
                change(&|repeat| repeat.components[at].seconds, &|r| r.components[was].seconds)
            });
            components.push((name.clone(), changed));
        }
        let gone: Vec<_> =
            before.iter().filter(|name| find(now, name).is_none()).cloned().collect();
        if old.subject.pipeline_digest != new.subject.pipeline_digest {
            remarks.push("the pipelines differ".into());
        }
        let total = change(&|repeat| repeat.total.seconds, &|repeat| repeat.total.seconds);
        Ok(Comparison { total, components, gone, remarks })
    }

    /// Whether throughput has fallen by more than a share, such as -0.05, with the confidence of the intervals.
    pub(super) fn has_fallen_below(&self, share: f64) -> bool {
        1.0 / self.total.0.low < 1.0 + share
    }

    pub(super) fn to_json(&self) -> Json {
        let change = |name: &str, kind: &str, change: &Change| {
            json!({
                "kind": kind,
                "name": name,
                "verdict": match change.verdict() {
                    Verdict::Slower => "slower",
                    Verdict::Faster => "faster",
                    Verdict::Same => "no difference that can be told",
                },
                "time-ratio": { "low": change.0.low, "estimate": change.0.estimate, "high": change.0.high },
            })
        };
        let components = self.components.iter();
        let components: Vec<Json> = components
            .filter_map(|(name, of)| of.as_ref().map(|of| change(&name.name, &name.kind, of)))
            .collect();
        json!({
            "confidence": CONFIDENCE,
            "total": change("", "total", &self.total),
            "components": components,
            "remarks": self.remarks,
        })
    }
}

/// The new time by the old, as an interval.
fn ratio(
    old: &Measurement,
    new: &Measurement,
    of_old: &dyn Fn(&Repeat) -> f64,
    of_new: &dyn Fn(&Repeat) -> f64,
    in_turn: bool,
    confidence: f64,
) -> Interval {
    // A component through which no document came takes no time, and has not changed.
    let log = |seconds: f64| seconds.max(1e-9).ln();
    let interval = if in_turn {
        let pairs = old.repeats.iter().zip(&new.repeats);
        let differences: Vec<f64> = pairs.map(|(a, b)| log(of_new(b)) - log(of_old(a))).collect();
        statistics::of_one(&differences, confidence).widened(DRIFT_IN_TURN)
    } else {
        let before = old.each(|repeat| log(of_old(repeat)) - log(repeat.calibration));
        let now = new.each(|repeat| log(of_new(repeat)) - log(repeat.calibration));
        statistics::of_two(&before, &now, confidence).widened(DRIFT)
    };
    interval.map(f64::exp)
}

/// Says why two measurements cannot be compared, or what is to be known of the comparison.
fn comparable(old: &Measurement, new: &Measurement) -> Result<Vec<String>, String> {
    let (a, b) = (&old.subject, &new.subject);
    let differs = |what: &str, old: &dyn std::fmt::Display, new: &dyn std::fmt::Display| {
        Err(format!(
            "{what} differs from the baseline's: {new}, where it had {old}; measure it anew"
        ))
    };
    if (&a.machine.cpu, a.machine.processors) != (&b.machine.cpu, b.machine.processors) {
        let of = |machine: &super::machine::Machine| {
            format!("{} ({} processors)", machine.cpu, machine.processors)
        };
        return differs("the machine", &of(&a.machine), &of(&b.machine));
    }
    if (a.documents, a.bytes) != (b.documents, b.bytes) {
        let of = |documents: u64, bytes: u64| format!("{documents} documents of {bytes} bytes");
        return differs("the input", &of(a.documents, a.bytes), &of(b.documents, b.bytes));
    }
    if a.threads != b.threads {
        return differs("the number of threads", &a.threads, &b.threads);
    }
    if a.debug != b.debug {
        let of = |debug: bool| if debug { "a debug build" } else { "a release build" };
        return differs("the build", &of(a.debug), &of(b.debug));
    }
    let mut remarks = Vec::new();
    let fates = |s: &super::measurement::Subject| (s.written, s.dropped, s.failed);
    if fates(a) != fates(b) {
        remarks.push(format!(
            "they did not do the same: {} written, {} dropped, {} failed, where it was {}, {} and {}",
            b.written, b.dropped, b.failed, a.written, a.dropped, a.failed
        ));
    }
    if a.machine.system != b.machine.system {
        remarks.push(format!("the system was {}, and is {}", a.machine.system, b.machine.system));
    }
    Ok(remarks)
}

#[cfg(test)]
mod tests {
    use super::{super::measurement::tests::measured, *};

    fn verdicts(old: &[f64], new: &[f64], in_turn: bool) -> [Verdict; 3] {
        let compared = Comparison::of(&measured(old), &measured(new), in_turn).unwrap();
        let of = |at: usize| compared.components[at].1.as_ref().unwrap().verdict();
        [of(0), of(1), compared.total.verdict()]
    }

    #[test]
    fn a_difference_is_told_where_it_is_larger_than_the_doubt() {
        use Verdict::{Faster, Same, Slower};
        let before = [0.1000, 0.1010, 0.0990, 0.1005, 0.0995, 0.1002];
        let times = |by: f64| before.map(|seconds| seconds * by);
        for in_turn in [true, false] {
            assert_eq!(verdicts(&before, &before, in_turn), [Same; 3]);
            assert_eq!(verdicts(&before, &times(1.1), in_turn), [Same, Slower, Slower]);
            assert_eq!(verdicts(&before, &times(0.9), in_turn), [Same, Faster, Faster]);
        }
        let noisy = [0.1, 0.2, 0.05, 0.13, 0.09, 0.11];
        assert_eq!(verdicts(&noisy, &before, true), [Same; 3]);
    }

    #[test]
    fn a_slower_machine_is_not_a_slower_pipeline() {
        let old = measured(&[0.1, 0.101, 0.099]);
        let mut new = measured(&[0.13, 0.1313, 0.1287]);
        for repeat in &mut new.repeats {
            repeat.calibration *= 1.3;
        }
        let compared = Comparison::of(&old, &new, false).unwrap();
        assert_eq!(compared.components[1].1.as_ref().unwrap().verdict(), Verdict::Same);
    }

    #[test]
    fn throughput_has_fallen_where_all_of_the_interval_lies_below() {
        let change = |low| Change(Interval { low, estimate: 1.2, high: 1.3 });
        let of = |low| Comparison {
            total: change(low),
            components: Vec::new(),
            gone: Vec::new(),
            remarks: Vec::new(),
        };
        assert!(of(1.06).has_fallen_below(-0.05));
        assert!(!of(1.05).has_fallen_below(-0.05));
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let old = measured(&[0.1, 0.1]);
        let refused = |change: &dyn Fn(&mut Measurement)| {
            let mut new = old.clone();
            change(&mut new);
            Comparison::of(&old, &new, false).err().unwrap_or_default()
        };
        assert!(refused(&|new| new.subject.threads = 2).contains("threads"));
        assert!(refused(&|new| new.subject.bytes = 2).contains("input"));
        assert!(refused(&|new| new.subject.debug = true).contains("debug build"));
        assert!(refused(&|new| new.subject.machine.processors = 1).contains("machine"));
        assert_eq!(refused(&|new| new.subject.docmill.clear()), "");
    }
}
