//! The time of each component as a drawing: one bar a component, beside it the baseline's where there is one.
//!
//! The same measurements give the same drawing. What it shows is said in its title and description, and in words beside
//! each bar.

use std::fmt::Write;

use super::{
    measurement::{Cost, Measurement, Repeat},
    statistics::{self, Interval},
    table::{color_of, time},
};

const WIDTH: f64 = 760.0;
/// Where bars begin, and how much room they have.
const LEFT: f64 = 190.0;
const ROOM: f64 = 400.0;
const TOP: f64 = 62.0;
const BAR: f64 = 18.0;

/// Draws it.
pub(super) fn of(measured: &Measurement, baseline: Option<&Measurement>) -> String {
    let subject = &measured.subject;
    let bars: Vec<(usize, Interval, Option<f64>)> = (0..subject.components.len())
        .map(|at| {
            let name = &subject.components[at];
            let was = baseline.and_then(|old| {
                let same = |o: &&super::measurement::ComponentName| {
                    (&o.kind, &o.name) == (&name.kind, &name.name)
                };
                let position = old.subject.components.iter().position(|o| same(&o))?;
                Some(each(old, &|repeat| repeat.components[position]).estimate)
            });
            (at, each(measured, &|repeat| repeat.components[at]), was)
        })
        .collect();
    let longest = bars.iter().flat_map(|(_, now, was)| [now.high, was.unwrap_or(0.0)]);
    let scale = ROOM / longest.fold(1e-12, f64::max);
    let row = if baseline.is_some() { 2.0 * BAR + 14.0 } else { BAR + 12.0 };
    let height = TOP + row * bars.len() as f64 + 34.0;

    let total = each(measured, &|repeat| repeat.total).estimate;
    let title = format!("{}: processor time a document, by component", subject.pipeline);
    let mut said = format!("{} in all.", time(total));
    for (at, now, was) in &bars {
        let name = &subject.components[*at];
        let _ = write!(said, " {} {}: {}", name.kind, name.name, time(now.estimate));
        if let Some(was) = was {
            let _ = write!(said, ", baseline {}", time(*was));
        }
        said.push('.');
    }
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"title description\" font-family=\"sans-serif\" \
         font-size=\"13\" fill=\"#1f2328\">\n<title id=\"title\">{}</title>\n<desc id=\"description\">{}</desc>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n<text x=\"16\" y=\"26\" font-size=\"15\" \
         font-weight=\"bold\">{}</text>\n<text x=\"16\" y=\"46\" fill=\"#57606a\">{}</text>\n",
        escaped(&title),
        escaped(&said),
        escaped(&title),
        escaped(&format!("{} in all; the line on a bar is its 95 % interval", time(total))),
    );
    for (place, (at, now, was)) in bars.iter().enumerate() {
        let name = &subject.components[*at];
        let y = TOP + row * place as f64;
        let middle = y + BAR * 0.72;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{middle:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 10.0,
            escaped(&format!("{} {}", name.kind, shortened(&name.name))),
        );
        let bar = |svg: &mut String, y: f64, length: f64, fill: &str| {
            let _ = writeln!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR}\" fill=\"{fill}\"/>",
                length.max(1.0)
            );
        };
        bar(&mut svg, y, now.estimate * scale, color_of(&name.kind));
        let [low, high] = [now.low, now.high].map(|end| LEFT + end.max(0.0) * scale);
        let _ = writeln!(
            svg,
            "<path d=\"M{low:.1} {:.1}H{high:.1}M{low:.1} {:.1}v8M{high:.1} {:.1}v8\" stroke=\"#1f2328\"/>",
            y + BAR / 2.0,
            y + BAR / 2.0 - 4.0,
            y + BAR / 2.0 - 4.0,
        );
        let share = 100.0 * now.estimate / total;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{middle:.1}\">{} ({share:.1} %)</text>",
            high + 8.0,
            time(now.estimate),
        );
        if let Some(was) = was {
            let below = y + BAR + 2.0;
            bar(&mut svg, below, was * scale, "#c9ced6");
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#57606a\">baseline {}</text>",
                LEFT + was * scale + 8.0,
                below + BAR * 0.72,
                time(*was),
            );
        }
    }
    let _ = writeln!(
        svg,
        "<text x=\"16\" y=\"{:.1}\" font-size=\"11\" fill=\"#57606a\">{}</text>\n</svg>",
        height - 12.0,
        escaped(&format!(
            "docmill {}; {}; {} documents, {} processes",
            subject.docmill,
            subject.machine.cpu,
            subject.documents,
            measured.repeats.len()
        )),
    );
    svg
}

/// Seconds a document of the whole input.
fn each(measured: &Measurement, cost: &dyn Fn(&Repeat) -> Cost) -> Interval {
    let documents = measured.subject.documents as f64;
    statistics::of_one(&measured.each(|repeat| cost(repeat).seconds / documents), 0.95)
}

fn shortened(name: &str) -> String {
    match name.chars().count() {
        0..=18 => name.to_owned(),
        _ => name.chars().take(17).chain(['…']).collect(),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // XML has no way to say the others.
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{super::measurement::tests::measured, *};

    #[test]
    fn it_says_in_words_what_it_shows() {
        let (new, old) = (measured(&[0.02, 0.02]), measured(&[0.01, 0.01]));
        let svg = of(&new, Some(&old));
        assert!(svg.contains(
            "<title id=\"title\">a &lt; b: processor time a document, by component</title>"
        ));
        let description = "3.0 ms in all. source files: 1.0 ms, baseline 1.0 ms. stage clean: 2.0 ms, baseline 1.0 ms.";
        assert!(svg.contains(description), "{svg}");
        assert!(svg.contains(">2.0 ms (66.7 %)</text>") && svg.contains(">baseline 1.0 ms</text>"));
        assert_eq!(svg, of(&new, Some(&old)));
        assert!(!of(&new, None).contains("baseline"));
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(shortened("tag-entities"), "tag-entities");
        assert_eq!(shortened("a-stage-with-a-long-name").chars().count(), 18);
    }
}
