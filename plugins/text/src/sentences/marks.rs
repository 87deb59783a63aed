//! What a punctuation mark can do at the edge of a sentence.

use crate::characters::{Class, class};

/// Whether a mark belongs to the sentence that ends before it. `adjacent`: no space stands between.
pub(super) fn closes(mark: &str, adjacent: bool) -> bool {
    match mark {
        ")" | "]" | "}" | "”" | "»" | "›" | "）" | "」" | "』" | "】" | "》" => true,
        // These open as well, or are apostrophes.
        "\"" | "'" | "’" | "“" | "‘" => adjacent,
        _ => false,
    }
}

/// Whether a mark can open a sentence.
pub(super) fn opens(mark: &str) -> bool {
    is_quote(mark) || matches!(mark, "(" | "[" | "{" | "¿" | "¡" | "（" | "【" | "《")
}

/// Whether a mark can open a quotation.
pub(super) fn is_quote(mark: &str) -> bool {
    matches!(mark, "\"" | "'" | "“" | "‘" | "’" | "„" | "‚" | "«" | "»" | "‹" | "「" | "『")
}

/// Whether a mark is a full stop, `?` and `!` aside.
pub(super) fn terminates(mark: &str) -> bool {
    matches!(mark, "." | "؟" | "۔" | "।" | "॥" | "։" | "።" | "‽" | "⁇" | "⁈" | "⁉")
}

/// Whether a sentence ends at a mark even where no space follows.
pub(super) fn ends_without_space(mark: &str) -> bool {
    matches!(mark, "。" | "！" | "？" | "｡")
}

/// Whether a mark says that something is left out.
pub(super) fn is_ellipsis(mark: &str) -> bool {
    mark == "…" || mark.starts_with("..")
}

/// Whether a token is an invisible format character.
pub(super) fn is_format(token: &str) -> bool {
    token.chars().next().is_some_and(|c| !c.is_ascii() && class(c) == Class::Format)
}

/// Whether a token at the start of a line marks a member of a list.
pub(super) fn is_bullet(token: &str) -> bool {
    matches!(
        token,
        "-" | "*"
            | "•"
            | "·"
            | "–"
            | "—"
            | "►"
            | "▪"
            | "●"
            | "■"
            | "◦"
            | "‣"
            | "→"
            | ">"
            | "#"
    )
}
