//! How far a run is: a bar on a terminal, else a plain line every ten seconds, on standard error.

use std::{
    io::IsTerminal,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use docmill_core::engine::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::term;

/// How often a line is printed where there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// The bar where the inputs' size is known, and where it is not.
const KNOWN: &str = "{bar:30} {decimal_bytes}/{decimal_total_bytes}  {msg}  {eta} left";
const UNKNOWN: &str = "{decimal_bytes}  {msg}  {elapsed}";

/// Shows the progress of one run.
pub(crate) struct Display {
    form: Form,
    start: Instant,
}

enum Form {
    Bar(ProgressBar),
    /// When the last line was printed.
    Lines(Mutex<Instant>),
}

impl Display {
    /// A bar if standard error is a terminal.
    pub(crate) fn new() -> Self {
        let start = Instant::now();
        let form = if std::io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(style(UNKNOWN));
            Form::Bar(bar)
        } else {
            Form::Lines(Mutex::new(start))
        };
        Display { form, start }
    }

    /// Takes note of what was done so far. Called by workers, as blocks are written.
    pub(crate) fn observe(&self, progress: &Progress) {
        match &self.form {
            Form::Bar(bar) => {
                // Bytes read can be more than are stored, where inputs are compressed.
                let total = progress.total_bytes.filter(|total| *total >= progress.bytes);
                if total != bar.length() {
                    match total {
                        Some(total) => {
                            bar.set_length(total);
                            bar.set_style(style(KNOWN));
                        }
                        None => {
                            bar.unset_length();
                            bar.set_style(style(UNKNOWN));
                        }
                    }
                }
                bar.set_position(progress.bytes);
                bar.set_message(documents(progress));
            }
            Form::Lines(last) => {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                if last.elapsed() >= BETWEEN_LINES {
                    *last = Instant::now();
                    term::tell(line(progress, self.start.elapsed()));
                }
            }
        }
    }

    /// Takes the bar off the terminal.
    pub(crate) fn end(&self) {
        if let Form::Bar(bar) = &self.form {
            bar.finish_and_clear();
        }
    }
}

/// A template is fixed text; were it wrong, the plain bar would do.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn documents(progress: &Progress) -> String {
    let read = term::counted(progress.documents, "document");
    match progress.failed {
        0 => read,
        failed => format!("{read}, {} failed", term::count(failed)),
    }
}

fn line(progress: &Progress, elapsed: Duration) -> String {
    let mut line = format!("{}, {} read", documents(progress), term::size(progress.bytes));
    if let Some(total) = progress.total_bytes.filter(|total| *total >= progress.bytes) {
        line.push_str(&format!(" of {}", term::size(total)));
        let left =
            elapsed.as_secs_f64() * (total - progress.bytes) as f64 / progress.bytes.max(1) as f64;
        line.push_str(&format!(", about {} left", term::seconds(left)));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_the_run_is() {
        let mut progress = Progress {
            bytes: 5_000_000,
            total_bytes: Some(20_000_000),
            documents: 1200,
            failed: 3,
        };
        let ten = Duration::from_secs(10);
        assert_eq!(
            line(&progress, ten),
            "1,200 documents, 3 failed, 5.0 MB read of 20 MB, about 30.00 s left"
        );
        progress.total_bytes = Some(1_000_000);
        assert_eq!(line(&progress, ten), "1,200 documents, 3 failed, 5.0 MB read");
    }
}
