//! Cells of a table.

use std::borrow::Cow;

use docmill_core::Value;

/// A cell of text that no spreadsheet takes for a formula: where it begins as one would (`=`, `+`, `-`,
/// `@`, their full-width forms, a tab or a carriage return), an apostrophe is put before it.
/// (OWASP, "CSV Injection".) Numbers are written by other means and never guarded.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// A number from 0 to 1 or -1 to 1, without noise behind the third place.
pub(crate) fn number(number: f64) -> String {
    let rounded = (number * 1000.0).round() / 1000.0;
    // Not `-0`.
    format!("{}", rounded + 0.0)
}

/// A metadata value: text guarded, numbers and truth values as they are, lists joined by `; `.
pub(crate) fn value(found: Option<Value<'_>>) -> Cow<'_, str> {
    match found {
        None | Some(Value::Span(_)) => Cow::Borrowed(""),
        Some(Value::Text(found)) => text(found),
        Some(Value::Json(json)) => text(json),
        Some(Value::Number(number)) => Cow::Owned(number.to_string()),
        Some(Value::Bool(bool)) => Cow::Borrowed(if bool { "true" } else { "false" }),
        Some(Value::List(list)) => {
            let members: Vec<_> =
                list.iter().map(|member| value(Some(member)).into_owned()).collect();
            Cow::Owned(members.join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_looks_like_a_formula_is_guarded() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for plain in ["a=b", "", "'=1", "“=1”", " =1"] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn numbers_are_short_and_never_guarded() {
        assert_eq!(number(-1.0), "-1");
        assert_eq!(number(0.8499999), "0.85");
        assert_eq!(number(-0.0), "0");
        assert_eq!(value(Some(Value::Number(-3.5))), "-3.5");
    }

    #[test]
    fn a_list_is_one_cell() {
        let members = [Value::Text("=a"), Value::Number(2.0)];
        assert_eq!(value(Some(Value::from(&members[..]))), "'=a; 2");
        assert_eq!(value(None), "");
    }
}
