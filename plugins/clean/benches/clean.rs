//! Speed of the stage on made-up pages, beside a plain loop over the same lines.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use docmill_clean::{Clean, Settings};
use docmill_core::{Changes, DocumentBuf, Stage};

/// A page as sites serve it: furniture, then paragraphs with captions between them, then a form.
fn page(paragraphs: usize) -> String {
    let mut text = String::from(
        "menu_open News\nWe use cookies to give you the best experience\n\nHarbour strike ends after talks with the mayor\n\nBy Mara Quill\nMay 3, 2021\n\n",
    );
    for at in 0..paragraphs {
        text.push_str(
            "Crews of the harbour in Port Elm ended their strike on Monday after talks with the mayor, Ines Dole, who said that \
             the town would pay for the new quay “if both sides keep their word”. The talks had gone on until four in the morning.\n\n",
        );
        if at % 6 == 5 {
            text.push_str("The harbour of Port Elm at dawn. (photo credit: JON ASH)\n\n");
        }
    }
    text.push_str(
        "read more:\nNever miss news of the harbour\nRegister for free\nSign in\n© The Beacon\n",
    );
    text
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("clean");
    for (name, paragraphs) in [("article", 12), ("megabyte", 4_000)] {
        let document = DocumentBuf::with_text(&page(paragraphs));
        let view = document.view();
        group.throughput(Throughput::Bytes(view.text().len() as u64));
        group.bench_function(format!("{name}/lines"), |bencher| {
            bencher.iter(|| {
                black_box(view.text()).lines().map(|line| line.trim().len()).sum::<usize>()
            });
        });
        let Ok(mut stage) = Clean::build(Settings::default()) else { return };
        let mut changes = Changes::new();
        group.bench_function(format!("{name}/clean"), |bencher| {
            bencher.iter(|| {
                changes.clear();
                stage.process(&black_box(view), &mut changes).is_ok()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
