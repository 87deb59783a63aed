//! What was measured, for readers: as a table for terminals and as Markdown.

use docmill_core::engine::Kind;

use super::{
    comparison::{Change, Comparison, Verdict},
    measurement::{Measurement, Repeat},
    statistics::{self, Interval, centre},
};
use crate::{
    table::{Align, aligned},
    term::{self, BOLD, DIM, GREEN, RED, YELLOW, one_line},
};

/// How sure the intervals are that stand alone.
const CONFIDENCE: f64 = 0.95;

/// For terminals.
pub(super) fn of(measured: &Measurement, comparison: Option<&Comparison>) -> String {
    let aligns = [0, 1].map(|_| Align::Left).into_iter().chain([Align::Right; 6]);
    let aligns: Vec<Align> = aligns.collect();
    let aligns: [Align; 8] = std::array::from_fn(|at| aligns[at]);
    let table = aligned(&rows(measured), &aligns);
    let (head, body) = table.split_once('\n').unwrap_or((&table, ""));
    let (body, total) = body.trim_end().rsplit_once('\n').unwrap_or(("", body));
    let mut text = format!("{DIM}{head}{DIM:#}\n{body}\n{BOLD}{total}{BOLD:#}\n\n");
    let [speed, rest @ ..] = &summary(measured)[..] else { return text };
    text.push_str(&format!("{BOLD}{speed}{BOLD:#}\n"));
    rest.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    if let Some(comparison) = comparison {
        text.push('\n');
        let style = |change: Option<&Change>| match change.map(Change::verdict) {
            Some(Verdict::Slower) => RED,
            Some(Verdict::Faster) => GREEN,
            _ => anstyle::Style::new(),
        };
        let rows = changes(comparison);
        let cells: Vec<[String; 3]> = rows.iter().map(|(row, _)| row.clone()).collect();
        let lines = aligned(&cells, &[Align::Left; 3]);
        for (line, (_, change)) in lines.lines().zip(&rows) {
            let style = style(change.as_ref());
            text.push_str(&format!("{style}{line}{style:#}\n"));
        }
        for remark in &comparison.remarks {
            text.push_str(&format!("{YELLOW}{}{YELLOW:#}\n", one_line(remark)));
        }
    }
    for warning in warnings(measured) {
        text.push_str(&format!("{YELLOW}{warning}{YELLOW:#}\n"));
    }
    text
}

/// For a page or a pull request.
pub(super) fn markdown(measured: &Measurement, comparison: Option<&Comparison>) -> String {
    let mut text = String::new();
    let line = |cells: &[String]| {
        let cells: Vec<String> =
            cells.iter().map(|cell| one_line(cell).replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut rows = rows(measured).into_iter();
    if let Some(head) = rows.next() {
        text.push_str(&line(&head));
        text.push_str("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    }
    rows.for_each(|row| text.push_str(&line(&row)));
    text.push('\n');
    summary(measured).iter().for_each(|of| text.push_str(&format!("- {of}\n")));
    warnings(measured).iter().for_each(|of| text.push_str(&format!("- {of}\n")));
    if let Some(comparison) = comparison {
        text.push_str("\n| | | compared with the baseline |\n| --- | --- | --- |\n");
        changes(comparison).iter().for_each(|(row, _)| text.push_str(&line(row)));
        if !comparison.remarks.is_empty() {
            text.push('\n');
        }
        comparison.remarks.iter().for_each(|of| text.push_str(&format!("- {}\n", one_line(of))));
    }
    text
}

/// What is told where throughput has fallen by more than this.
pub(super) fn fallen(share: f64) -> String {
    format!(
        "{RED}throughput has fallen by more than {} %, which --fail-below allows{RED:#}",
        number(-share * 100.0)
    )
}

fn rows(measured: &Measurement) -> Vec<[String; 8]> {
    let head = ["", "", "documents", "CPU/document", "p50", "p99", "share", "MB/s"];
    let mut rows = vec![head.map(str::to_owned)];
    let middle = |number: &dyn Fn(&Repeat) -> f64| centre(&mut measured.each(number));
    let whole = middle(&|repeat| repeat.total.seconds);
    let mut row = |kind: &str, name: &str, cost: &dyn Fn(&Repeat) -> super::measurement::Cost| {
        let documents = measured.repeats.first().map_or(0, |repeat| cost(repeat).documents);
        let seconds = middle(&|repeat| cost(repeat).seconds);
        let speed = measured.subject.bytes as f64 / 1e6 / seconds;
        rows.push([
            kind.to_owned(),
            one_line(name),
            term::count(documents),
            time(seconds / documents.max(1) as f64),
            time(middle(&|repeat| cost(repeat).p50)),
            time(middle(&|repeat| cost(repeat).p99)),
            format!("{:.1} %", 100.0 * seconds / whole),
            if speed.is_finite() { format!("{speed:.1}") } else { String::new() },
        ]);
    };
    for (at, name) in measured.subject.components.iter().enumerate() {
        let cost = |repeat: &Repeat| repeat.components[at];
        row(&name.kind, &name.name, &cost);
    }
    row("total", "", &|repeat| repeat.total);
    rows
}

/// The lines under the table.
fn summary(measured: &Measurement) -> Vec<String> {
    let subject = &measured.subject;
    let documents = subject.documents as f64;
    let speed = statistics::of_one(&measured.each(|repeat| documents / repeat.wall), CONFIDENCE);
    let (low, high) = (speed.low, speed.high);
    let of_processor =
        statistics::of_one(&measured.each(|repeat| repeat.total.seconds / documents), CONFIDENCE);
    let mut lines = vec![
        format!(
            "{} documents/s, {:.1} MB/s on {} (95 %: {} to {} documents/s)",
            term::count(speed.estimate as u64),
            speed.estimate * subject.bytes as f64 / documents / 1e6,
            term::counted(subject.threads as u64, "thread"),
            term::count(low.max(0.0) as u64),
            term::count(high as u64),
        ),
        format!(
            "{} of processor time a document (95 %: {} to {})",
            time(of_processor.estimate),
            time(of_processor.low),
            time(of_processor.high)
        ),
    ];
    let peak = measured.repeats.iter().filter_map(|repeat| repeat.peak_memory).max();
    let mut memory = Vec::new();
    memory.extend(peak.map(|peak| format!("{} of memory at most", term::size(peak))));
    memory.extend(measured.repeats.first().map(|repeat| {
        let of = repeat.allocations;
        let each = |number: u64| (number as f64 / documents).round() as u64;
        format!(
            "{} allocations of {} a document",
            term::count(each(of.count)),
            term::size(each(of.bytes))
        )
    }));
    if !memory.is_empty() {
        lines.push(memory.join(", "));
    }
    lines.push(format!(
        "{} processes, {} each over {} of {}",
        measured.repeats.len(),
        match subject.passes {
            1 => "1 pass".to_owned(),
            passes => format!("{passes} passes"),
        },
        term::counted(subject.documents, "document"),
        term::size(subject.bytes),
    ));
    lines.push(format!(
        "docmill {}, pipeline {} ({}), {}, {}, {}",
        one_line(&subject.docmill),
        one_line(&subject.pipeline),
        one_line(&short(&subject.pipeline_digest)),
        one_line(&subject.machine.cpu),
        term::counted(subject.machine.processors.into(), "processor"),
        one_line(&subject.machine.system),
    ));
    lines
}

fn warnings(measured: &Measurement) -> Vec<String> {
    let mut warnings = Vec::new();
    if measured.subject.debug {
        warnings.push("this docmill is a debug build, whose times mean little".to_owned());
    }
    if measured.subject.failed > 0 {
        let failed = term::counted(measured.subject.failed, "document");
        warnings.push(format!("{failed} failed; `docmill run` says why"));
    }
    warnings
}

/// What can be told of each component, and the change that it is.
fn changes(comparison: &Comparison) -> Vec<([String; 3], Option<Change>)> {
    let mut rows = Vec::new();
    for (name, change) in &comparison.components {
        let says = change.as_ref().map_or_else(|| "new".to_owned(), in_words);
        rows.push(([name.kind.clone(), one_line(&name.name), says], *change));
    }
    for name in &comparison.gone {
        rows.push(([name.kind.clone(), one_line(&name.name), "gone".to_owned()], None));
    }
    let total = in_words(&comparison.total);
    rows.push((["total".to_owned(), String::new(), total], Some(comparison.total)));
    rows
}

/// Such as `12 % slower (95 %: 9 to 15)`.
fn in_words(change: &Change) -> String {
    let percent = |ratio: f64| number((ratio - 1.0) * 100.0);
    let Interval { low, estimate, high } = change.0;
    match change.verdict() {
        Verdict::Slower => {
            format!("{} % slower (95 %: {} to {})", percent(estimate), percent(low), percent(high))
        }
        Verdict::Faster => {
            let less = |ratio: f64| number((1.0 - ratio) * 100.0);
            format!("{} % faster (95 %: {} to {})", less(estimate), less(high), less(low))
        }
        Verdict::Same => format!(
            "no difference that can be told (95 %: {} to {} %)",
            signed(percent(low)),
            signed(percent(high))
        ),
    }
}

fn signed(number: String) -> String {
    match number.strip_prefix('-') {
        Some(rest) => format!("−{rest}"),
        None if number == "0" => number,
        None => format!("+{number}"),
    }
}

/// With two digits that say something: `0.4`, `1.2`, `12`.
fn number(number: f64) -> String {
    let text = match number.abs() {
        size if size < 9.95 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    };
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A short time: `0.4 µs`, `12 µs`, `3.1 ms`, `2.41 s`.
pub(super) fn time(seconds: f64) -> String {
    let (amount, unit) = match seconds {
        s if s < 999.5e-6 => (s * 1e6, "µs"),
        s if s < 0.9995 => (s * 1e3, "ms"),
        s => return format!("{s:.2} s"),
    };
    let digits = usize::from(amount < 9.95);
    format!("{amount:.digits$} {unit}")
}

fn short(digest: &str) -> String {
    digest.chars().take("sha256:".len() + 12).collect()
}

/// Whether a kind is of those that stand in a pipeline, in the order of the table.
pub(super) fn color_of(kind: &str) -> &'static str {
    match kind {
        kind if kind == Kind::Source.name() => "#4e79a7",
        kind if kind == Kind::Sink.name() => "#76767a",
        _ => "#b5651d",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_said_in_words() {
        let said = |low, estimate, high| in_words(&Change(Interval { low, estimate, high }));
        assert_eq!(said(1.09, 1.12, 1.15), "12 % slower (95 %: 9 to 15)");
        assert_eq!(said(0.8, 0.904, 0.95), "9.6 % faster (95 %: 5 to 20)");
        assert_eq!(
            said(0.988, 1.001, 1.009),
            "no difference that can be told (95 %: −1.2 to +0.9 %)"
        );
    }

    #[test]
    fn short_times_have_their_unit() {
        let times = [0.0, 4.2e-7, 1.23e-5, 9.996e-4, 0.0031, 0.412, 2.412].map(time);
        assert_eq!(times, ["0.0 µs", "0.4 µs", "12 µs", "1.0 ms", "3.1 ms", "412 ms", "2.41 s"]);
    }
}
