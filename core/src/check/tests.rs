//! What a change set may not hold.

use super::*;
use crate::{Piece, PieceKind};

fn check(contract: Contract, change: impl FnOnce(&mut Changes)) -> Result<(), Violation> {
    let mut changes = Changes::new();
    change(&mut changes);
    changes.check("né le 3", &contract)
}

#[test]
fn an_undeclared_layer_key_or_edit_is_refused() {
    let nothing = Contract::new;
    assert!(matches!(
        check(nothing(), |c| {
            c.annotate("x", 0..1usize);
        }),
        Err(Violation::UndeclaredLayer(_))
    ));
    assert!(matches!(check(nothing(), |c| c.set("x", 1.0)), Err(Violation::UndeclaredMetadata(_))));
    assert_eq!(check(nothing(), |c| c.remove(0..1usize, "r")), Err(Violation::UndeclaredEdit));
}

#[test]
fn spans_on_char_boundaries_inside_the_text_pass() {
    let contract = || Contract::new().writes("x");
    assert_eq!(
        check(contract(), |c| {
            c.annotate("x", 1..3usize).with("at", Span::new(0, 8));
        }),
        Ok(())
    );
    for bad in [Span::new(0, 2), Span::new(0, 9), Span { start: 3, end: 1 }] {
        assert!(matches!(
            check(contract(), |c| {
                c.annotate("x", bad);
            }),
            Err(Violation::BadSpan { .. })
        ));
        assert!(
            check(contract(), |c| {
                c.annotate("x", 0..1usize).with("at", bad);
            })
            .is_err()
        );
    }
}

#[test]
fn neighbouring_edits_pass_overlapping_ones_do_not() {
    let edits = |a: Span, b: Span| {
        check(Contract::new().edits_text(), |c| {
            c.remove(b, "b");
            c.remove(a, "a");
        })
    };
    assert_eq!(edits(Span::new(0, 3), Span::new(3, 4)), Ok(()));
    assert!(edits(Span::new(0, 3), Span::new(1, 4)).is_err());
    assert!(edits(Span::new(3, 3), Span::new(3, 3)).is_err());
}

#[test]
fn a_rewrite_says_where_all_of_it_comes_from() {
    let rewrite = |text: &str, pieces: &[Piece<'_>]| {
        check(Contract::new().edits_text(), |c| c.rewrite(text, pieces, "r"))
    };
    let kept = |at, len| Piece { len, kind: PieceKind::Kept { at } };
    assert_eq!(
        rewrite("le né", &[Piece { len: 3, kind: PieceKind::Inserted }, kept(0, 3)]),
        Ok(())
    );
    assert!(rewrite("le né", &[kept(4, 3), kept(0, 3)]).is_err(), "what is taken ascends");
    assert!(rewrite("le", &[kept(0, 2)]).is_err(), "kept text is equal");
    assert!(rewrite("le né", &[kept(4, 3)]).is_err(), "every byte is covered");
    let decoded = |from, len| Piece { len, kind: PieceKind::Decoded { from, how: "x" } };
    assert!(rewrite("le", &[decoded(Span::new(3, 3), 2)]).is_err(), "nothing decodes to it");
    assert_eq!(rewrite("", &[decoded(Span::new(0, 3), 0)]), Ok(()), "a mark may be left out");
    assert_eq!(rewrite("né ", &[kept(0, 4), kept(4, 0)]), Ok(()), "an empty piece says nothing");
}

#[test]
fn an_annotation_has_a_feature_once() {
    let with = |count: usize| {
        check(Contract::new().writes("x"), |c| {
            let mut new = c.annotate("x", 0..1usize).with("f0", 1.0);
            for n in 1..count {
                new = new.with(&format!("f{n}"), 1.0);
            }
            new.with("f1", true);
        })
    };
    assert_eq!(with(1), Ok(()));
    for count in [2, 100] {
        assert_eq!(with(count), Err(Violation::DoubledFeature("f1".to_owned())));
    }
}

#[test]
fn what_cannot_be_written_is_refused_at_any_depth() {
    let contract = || Contract::new().writes("x").sets("k");
    let nested = |value: Value<'_>| {
        let inner = [value];
        let list = [Value::Bool(true), Value::from(&inner[..])];
        let set = check(contract(), |c| c.set("k", Value::from(&list[..])));
        let annotated = check(contract(), |c| {
            c.annotate("x", 0..1usize).with("k", Value::from(&list[..]));
        });
        (set, annotated)
    };
    assert_eq!(nested(Value::Number(1.0)), (Ok(()), Ok(())));
    let nan = Err(Violation::NotFinite("number"));
    assert_eq!(nested(Value::Number(f64::NAN)), (nan.clone(), nan));
    let in_metadata = Err(Violation::SpanInMetadata("k".to_owned()));
    assert_eq!(nested(Value::Span(Span::new(0, 1))), (in_metadata, Ok(())));
}
