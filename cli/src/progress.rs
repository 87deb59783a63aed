//! How far a run is, on standard error: a bar on a terminal, else a plain line every ten seconds; or, where that is
//! asked for, a line of JSON every second and at the end.

pub(crate) mod estimate;
pub(crate) mod json;

use std::{
    io::IsTerminal,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use docmill_core::engine::{Progress, Report};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{args::ProgressForm, term};
use estimate::{Look, Looks};
pub(crate) use json::State;

/// How often a plain line is printed …
const BETWEEN_PLAIN: Duration = Duration::from_secs(10);
/// … and one of JSON.
const BETWEEN_JSON: Duration = Duration::from_secs(1);

/// The bar where the inputs' size is known, and where it is not.
const KNOWN: &str = "{bar:30} {decimal_bytes}/{decimal_total_bytes}  {msg}";
const UNKNOWN: &str = "{decimal_bytes}  {msg}  {elapsed}";

/// Shows the progress of one run.
pub(crate) struct Display {
    form: Form,
    start: Instant,
    seen: Mutex<Seen>,
}

enum Form {
    Bar(ProgressBar),
    Plain,
    Json,
    None,
}

#[derive(Default)]
struct Seen {
    looks: Looks,
    /// When the last line was printed.
    printed: Option<Instant>,
    last: Option<(Progress, Option<Duration>)>,
}

impl Display {
    pub(crate) fn new(form: ProgressForm) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let form = match form {
            ProgressForm::Auto if !terminal => Form::Plain,
            ProgressForm::Plain => Form::Plain,
            ProgressForm::Json => Form::Json,
            ProgressForm::None => Form::None,
            ProgressForm::Auto | ProgressForm::Bar => {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                bar.set_style(style(UNKNOWN));
                Form::Bar(bar)
            }
        };
        Display { form, start: Instant::now(), seen: Mutex::default() }
    }

    /// Takes note of what was done so far, and returns how long it will still take. Called by workers, as blocks
    /// are written.
    pub(crate) fn observe(&self, progress: &Progress) -> Option<Duration> {
        let elapsed = self.start.elapsed();
        let mut seen = self.seen();
        seen.looks.add(Look { at: elapsed, stored: progress.stored });
        let left = progress.stored_in_all.and_then(|in_all| seen.looks.left(in_all));
        seen.last = Some((progress.clone(), left));
        let first = matches!(self.form, Form::Json).then_some(Duration::MAX);
        let since = match seen.printed {
            Some(printed) => printed.elapsed(),
            None => first.unwrap_or(elapsed),
        };
        match &self.form {
            Form::Bar(bar) => show(bar, progress, left),
            Form::Plain if since >= BETWEEN_PLAIN => {
                seen.printed = Some(Instant::now());
                term::tell(line(progress, left));
            }
            Form::Json if since >= BETWEEN_JSON => {
                seen.printed = Some(Instant::now());
                term::tell(json::line(progress, State::Running, elapsed, left));
            }
            Form::Plain | Form::Json | Form::None => {}
        }
        left
    }

    /// Whether all that is told is to be JSON.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.form, Form::Json)
    }

    /// Since the run began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Says something beside the bar.
    pub(crate) fn say(&self, text: &str) {
        match &self.form {
            Form::Bar(bar) => bar.suspend(|| term::tell(text)),
            _ => term::tell(text),
        }
    }

    /// Takes the bar off the terminal, or prints the last line. `report` is that of a run that came to its end.
    pub(crate) fn end(&self, state: State, report: Option<&Report>) {
        match &self.form {
            Form::Bar(bar) => bar.finish_and_clear(),
            Form::Json => {
                let (mut progress, mut left) = self.seen().last.take().unwrap_or_default();
                if let Some(report) = report {
                    if progress.shards == 0 {
                        (progress.shards, progress.shards_done) = (report.shards, report.shards);
                    }
                    progress.report = report.clone();
                    left = Some(Duration::ZERO);
                }
                term::tell(json::line(&progress, state, self.start.elapsed(), left));
            }
            Form::Plain | Form::None => {}
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn show(bar: &ProgressBar, progress: &Progress, left: Option<Duration>) {
    if progress.stored_in_all != bar.length() {
        match progress.stored_in_all {
            Some(in_all) => {
                bar.set_length(in_all);
                bar.set_style(style(KNOWN));
            }
            None => {
                bar.unset_length();
                bar.set_style(style(UNKNOWN));
            }
        }
    }
    bar.set_position(progress.stored);
    bar.set_message(format!("{}{}", documents(progress), in_words(left)));
}

/// A template is fixed text; were it wrong, the plain bar would do.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn documents(progress: &Progress) -> String {
    let documents = progress.report.documents;
    let read = term::counted(documents.read, "document");
    match documents.failed {
        0 => read,
        failed => format!("{read}, {} failed", term::count(failed)),
    }
}

fn in_words(left: Option<Duration>) -> String {
    let left = left.map(|left| format!(", about {} left", term::about(left.as_secs_f64())));
    left.unwrap_or_default()
}

fn line(progress: &Progress, left: Option<Duration>) -> String {
    let mut line = format!("{}, {} read", documents(progress), term::size(progress.stored));
    if let Some(in_all) = progress.stored_in_all {
        line.push_str(&format!(" of {}{}", term::size(in_all), in_words(left)));
    }
    line
}

#[cfg(test)]
mod tests {
    use docmill_core::engine::Totals;

    use super::*;

    #[test]
    fn a_line_says_how_far_the_run_is() {
        let documents = Totals { read: 1200, failed: 3, ..Totals::default() };
        let mut progress = Progress {
            report: Report { documents, ..Report::default() },
            stored: 5_000_000,
            stored_in_all: Some(20_000_000),
            ..Progress::default()
        };
        let half_a_minute = Some(Duration::from_millis(30_100));
        assert_eq!(
            line(&progress, half_a_minute),
            "1,200 documents, 3 failed, 5.0 MB read of 20 MB, about 30 s left"
        );
        progress.stored_in_all = None;
        assert_eq!(line(&progress, None), "1,200 documents, 3 failed, 5.0 MB read");
    }
}
