//! Invented news with planted duplicates, the same on every run.
//!
//! Words are drawn by Zipf's law, one in four from its subject's own. Articles of an outlet share up to 30 % of their
//! words as boilerplate, and a third of those on a subject quote the same agency in a paragraph or two: what must not
//! be taken for duplicates. A copy has each word exchanged for another with a probability of 5 %, or differs in
//! capitals and white space alone.

#![allow(unreachable_pub, reason = "programs share it")]

const VOCABULARY: usize = 30_000;
const OUTLETS: u32 = 40;
const SUBJECTS: u32 = 300;

/// A document, and of which article it is a copy.
pub struct Planted {
    /// Its number in the corpus.
    pub id: usize,
    /// The number of its article; copies have the same.
    pub article: usize,
    pub kind: Kind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Article,
    /// One word in twenty is another.
    Near,
    /// The words are the same.
    Exact,
}

/// So many articles; every fourth has a near copy, every twelfth an exact one. In random order.
pub fn corpus(articles: usize, seed: u64) -> Vec<Planted> {
    let mut news = News::new(seed);
    let mut found: Vec<(u64, Planted)> = Vec::new();
    for article in 0..articles {
        let words = news.article();
        let mut add = |news: &mut News, kind, text| {
            found.push((news.random.next(), Planted { id: 0, article, kind, text }));
        };
        let text = news.text(&words);
        add(&mut news, Kind::Article, text);
        if article % 4 == 0 {
            let changed = news.changed(&words);
            let text = news.text(&changed);
            add(&mut news, Kind::Near, text);
        }
        if article % 12 == 1 {
            let text = news.text(&words).to_uppercase().replace(' ', " \t").replace(". ", "…\r\n");
            add(&mut news, Kind::Exact, text);
        }
    }
    found.sort_by_key(|(place, _)| *place);
    let found = found.into_iter().enumerate();
    found.map(|(id, (_, planted))| Planted { id, ..planted }).collect()
}

/// Makes articles.
pub struct News {
    random: Random,
    vocabulary: Vec<String>,
    /// Words by their share of a text.
    by_share: Vec<u32>,
}

impl News {
    pub fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let vocabulary = (0..VOCABULARY).map(|rank| random.word(rank)).collect();
        let weights: Vec<f64> = (0..VOCABULARY).map(|rank| 1.0 / (rank as f64 + 2.7)).collect();
        let sum: f64 = weights.iter().sum();
        let mut by_share = Vec::new();
        let mut before = 0.0;
        for (rank, weight) in weights.iter().enumerate() {
            before += weight / sum;
            while (by_share.len() as f64) < before * 262_144.0 {
                by_share.push(rank as u32);
            }
        }
        News { random, vocabulary, by_share }
    }

    /// The words of an article: 80 to 900 of its own, boilerplate and quotations.
    pub fn article(&mut self) -> Vec<u32> {
        let outlet = self.random.below(OUTLETS);
        let subject = self.random.below(SUBJECTS);
        let own = (80.0 * (900.0_f64 / 80.0).powf(self.random.share())) as usize;
        let mut words = Vec::new();
        for _ in 0..own {
            words.push(match self.random.below(4) {
                0 => subject * 97 % 29_000 + self.random.below(200),
                _ => self.word(),
            });
        }
        if self.random.below(3) == 0 {
            for _ in 0..=self.random.below(2) {
                let quotation = subject * 3 + self.random.below(3) + OUTLETS;
                words.extend(self.fixed(quotation, own / 8));
            }
        }
        let share = 0.3 * self.random.share();
        let boilerplate = (words.len() as f64 * share / (1.0 - share)) as usize;
        words.extend(self.fixed(outlet, boilerplate));
        words
    }

    /// The first words of a text that is always the same.
    fn fixed(&self, number: u32, length: usize) -> Vec<u32> {
        let mut random = Random(u64::from(number) << 20);
        (0..length).map(|_| self.by_share[random.next() as usize % self.by_share.len()]).collect()
    }

    /// The same words, each exchanged for another with a probability of 5 %.
    pub fn changed(&mut self, words: &[u32]) -> Vec<u32> {
        let mut changed = words.to_vec();
        for word in &mut changed {
            if self.random.share() < 0.05 {
                let old = *word;
                while *word == old {
                    *word = self.word();
                }
            }
        }
        changed
    }

    /// Words as sentences and paragraphs.
    pub fn text(&self, words: &[u32]) -> String {
        let mut text = String::new();
        for (at, word) in words.iter().enumerate() {
            let word = &self.vocabulary[*word as usize];
            match at % 14 {
                0 => {
                    text.push_str(match at % 56 {
                        _ if at == 0 => "",
                        0 => ".\n\n",
                        _ => ". ",
                    });
                    text.push_str(&word[..1].to_uppercase());
                    text.push_str(&word[1..]);
                }
                9 => text.extend([", ", word]),
                _ => text.extend([" ", word]),
            }
        }
        text.push_str(".\n");
        text
    }

    fn word(&mut self) -> u32 {
        self.by_share[self.random.next() as usize % self.by_share.len()]
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, limit: u32) -> u32 {
        (self.next() >> 32) as u32 % limit
    }

    /// From 0 up to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// An invented word; the frequent ones are short.
    fn word(&mut self, rank: usize) -> String {
        const SYLLABLES: [&str; 24] = [
            "ka", "lo", "mir", "den", "sta", "vo", "ri", "bel", "tu", "gra", "nis", "hol", "pe",
            "zar", "wi", "ul", "an", "es", "tor", "mo", "ther", "in", "fa", "que",
        ];
        let syllables = 1 + (rank > 20) as u32 + (rank > 500) as u32 + self.below(2);
        (0..syllables).map(|_| SYLLABLES[self.below(24) as usize]).collect()
    }
}
