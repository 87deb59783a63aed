//! A corpus of news-like documents of any size, the same for the same seed.
//!
//! What it makes is made up: sentences put together from small lists of openings, actors, deeds and
//! circumstances, between lines such as sites leave around an article. It has the shape of news
//! (about 3.3 KB a document, a name every eight words, a sixth of the lines boilerplate, curly quotes), so
//! that it costs stages what news costs them; it says nothing about how well they do their work.

mod job;
mod ratio;
mod words;

use std::fmt::Write;

pub use job::{NEWS_STAGES, pipeline, run_into, run_nowhere};
pub use ratio::{Ratio, ratio};

/// Makes documents, one JSON line each: `{"id", "metadata": {"outlet", "date"}, "text"}`.
pub struct Corpus {
    random: Random,
    next: u64,
    text: String,
}

impl Corpus {
    /// The corpus of this seed.
    pub fn new(seed: u64) -> Self {
        Corpus { random: Random(seed), next: 0, text: String::new() }
    }

    /// The text of the next document.
    pub fn text(&mut self) -> &str {
        self.next += 1;
        self.text.clear();
        let (a, b) = (self.actor(), self.actor());
        let _ = writeln!(self.text, "{}\n", self.random.pick(words::MENU));
        let _ = writeln!(
            self.text,
            "{a} {} {b} {}\n",
            self.random.pick(words::DEEDS),
            self.random.pick(words::ABOUT)
        );
        let person = self.person();
        let caption = format!(
            "{person} at a meeting in {}. (Photo: {})",
            self.random.pick(words::PLACES),
            self.random.pick(words::AGENCIES)
        );
        let _ = writeln!(self.text, "{caption}\n{caption}\n");
        let paragraphs = 8 + self.random.below(10);
        for at in 0..paragraphs {
            if at == paragraphs / 2 {
                let _ = writeln!(self.text, "{}\n", self.random.pick(words::ADVERTS));
            }
            for _ in 0..2 + self.random.below(2) {
                self.sentence();
            }
            self.text.push_str("\n\n");
        }
        for _ in 0..3 + self.random.below(4) {
            let _ = writeln!(self.text, "{}", self.random.pick(words::TAILS));
        }
        &self.text
    }

    /// Appends the next document as a line of JSON.
    pub fn line(&mut self, line: &mut Vec<u8>) {
        let (outlet, day) = (self.random.pick(words::OUTLETS), 1 + self.random.below(28));
        let number = self.next;
        self.text();
        let start = format!(
            "{{\"id\":\"doc-{number:08}\",\"metadata\":{{\"outlet\":\"{outlet}\",\"date\":\"2026-03-{day:02}\"}},\"text\":"
        );
        line.extend_from_slice(start.as_bytes());
        // A string can always be written to a Vec.
        let _ = serde_json::to_writer(&mut *line, &self.text);
        line.extend_from_slice(b"}\n");
    }

    /// About this many bytes of lines.
    pub fn lines(&mut self, bytes: usize) -> Vec<u8> {
        let mut lines = Vec::with_capacity(bytes + 8192);
        while lines.len() < bytes {
            self.line(&mut lines);
        }
        lines
    }

    fn sentence(&mut self) {
        let (a, b, c) = (self.actor(), self.actor(), self.person());
        let deed = self.random.pick(words::DEEDS);
        let about = self.random.pick(words::ABOUT);
        let when = self.random.pick(words::WHEN);
        let _ = match self.random.below(5) {
            0 => write!(self.text, "{when}, {a} {deed} {b} {about}. "),
            1 => write!(self.text, "“We have seen what {a} did {about},” {c} said {when}. "),
            2 => write!(
                self.text,
                "{c} said that {a} {deed} {b} {about}, {}. ",
                self.random.pick(words::CIRCUMSTANCES)
            ),
            3 => write!(self.text, "{}, and {a} {deed} {b}. ", self.random.pick(words::OPENINGS)),
            _ => write!(
                self.text,
                "{}, according to {c}, {}. ",
                self.random.pick(words::OPENINGS),
                self.random.pick(words::CIRCUMSTANCES)
            ),
        };
    }

    fn actor(&mut self) -> &'static str {
        self.random.pick(words::ACTORS)
    }

    fn person(&mut self) -> String {
        format!(
            "{} {} {}",
            self.random.pick(words::TITLES),
            self.random.pick(words::FIRST),
            self.random.pick(words::LAST)
        )
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn pick(&mut self, from: &'static [&'static str]) -> &'static str {
        from[self.below(from.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_corpus_of_news_sized_documents() {
        let lines = Corpus::new(7).lines(1 << 20);
        assert_eq!(lines, Corpus::new(7).lines(1 << 20));
        assert_ne!(lines, Corpus::new(8).lines(1 << 20));
        let count = lines.iter().filter(|byte| **byte == b'\n').count();
        let mean = lines.len() / count;
        assert!((2_500..4_500).contains(&mean), "{mean} bytes a document");
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let document: serde_json::Value = serde_json::from_slice(line).unwrap();
            assert!(document["text"].as_str().unwrap().len() > 500);
        }
    }
}
