//! How many planted duplicates are found, and how much of what is dropped is one.

#![allow(missing_docs, reason = "a test")]

mod news;

use docmill_core::{Changes, DocumentBuf, Reason, Stage, Verdict, testing};
use docmill_dedupe::{Dedupe, Settings};

use crate::news::{Kind, Planted, corpus};

/// The documents that go: their places in the corpus, why, and the twins that are named.
fn dropped(documents: &[Planted], settings: Settings) -> Vec<(usize, Reason)> {
    let mut stage = Dedupe::build(settings).unwrap();
    let mut memory = stage.memory().unwrap();
    let mut changes = Changes::new();
    let mut dropped = Vec::new();
    for document in documents {
        changes.clear();
        let buf = DocumentBuf::with_text(&document.text);
        assert_eq!(stage.process(&buf.view(), &mut changes).unwrap(), Verdict::Keep);
        let verdict = memory.recall(&document.id.to_string(), testing::note(&changes)).unwrap();
        if let Verdict::Drop(reason) = verdict {
            dropped.push((document.id, reason));
        }
    }
    dropped
}

#[test]
fn finds_near_duplicates_and_little_else() {
    let documents = corpus(2400, 1);
    let found = dropped(&documents, Settings::default());
    let planted = documents.iter().filter(|document| document.kind != Kind::Article).count();
    let mut right = 0;
    for (at, reason) in &found {
        // The twin is the first of the copies of an article.
        let article = documents[*at].article;
        let first = documents.iter().find(|document| document.article == article).unwrap();
        let twin = |name: &'static str| Reason::new(name).twin(first.id.to_string());
        right += usize::from(*reason == twin("near-duplicate") || *reason == twin("duplicate"));
    }
    let recall = right as f64 / planted as f64;
    let precision = right as f64 / found.len() as f64;
    assert!(recall >= 0.95, "recall {recall}");
    assert!(precision >= 0.99, "precision {precision}");
}

#[test]
fn finds_each_exact_duplicate_and_nothing_else() {
    let documents = corpus(600, 2);
    for by in ["near", "exact"] {
        let settings = serde_json::from_value(serde_json::json!({ "by": by })).unwrap();
        let found = dropped(&documents, settings);
        let found = found.iter().filter(|(_, reason)| reason.name() == "duplicate");
        let articles: Vec<usize> = found.map(|(at, _)| documents[*at].article).collect();
        let exact = documents.iter().filter(|document| document.kind == Kind::Exact).count();
        assert_eq!((articles.len(), exact), (50, 50));
        assert!(articles.iter().all(|article| article % 12 == 1));
    }
}
