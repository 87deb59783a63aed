//! The code of each language: ISO 639-1, or ISO 639-3 where that has none.

use whatlang::Lang;

/// What the metadata says where the language is not known (ISO 639-2, undetermined).
pub(crate) const UNDETERMINED: &str = "und";

/// The code of a language. Mandarin is `zh`, Western Persian `fa`: ISO 639-1 has no closer one.
pub(crate) fn code(language: Lang) -> &'static str {
    match language {
        Lang::Afr => "af",
        Lang::Aka => "ak",
        Lang::Amh => "am",
        Lang::Ara => "ar",
        Lang::Aze => "az",
        Lang::Bel => "be",
        Lang::Ben => "bn",
        Lang::Bul => "bg",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Cym => "cy",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Epo => "eo",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Guj => "gu",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Hye => "hy",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jav => "jv",
        Lang::Jpn => "ja",
        Lang::Kan => "kn",
        Lang::Kat => "ka",
        Lang::Khm => "km",
        Lang::Kor => "ko",
        Lang::Lat => "la",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Mal => "ml",
        Lang::Mar => "mr",
        Lang::Mkd => "mk",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Ori => "or",
        Lang::Pan => "pa",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Sin => "si",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Sna => "sn",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tgl => "tl",
        Lang::Tha => "th",
        Lang::Tuk => "tk",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Uzb => "uz",
        Lang::Vie => "vi",
        Lang::Yid => "yi",
        Lang::Zul => "zu",
    }
}

/// The language of a code; where there is none, a message that names all codes.
pub(crate) fn language(wanted: &str) -> Result<Lang, String> {
    let found = Lang::all().iter().find(|language| code(**language) == wanted);
    found.copied().ok_or_else(|| {
        let mut known: Vec<&str> = Lang::all().iter().map(|language| code(*language)).collect();
        known.sort_unstable();
        format!(
            "`{wanted}` is not a language that can be detected; give one of {}",
            known.join(" ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_one_language() {
        for known in Lang::all() {
            assert_eq!(language(code(*known)), Ok(*known));
        }
    }

    #[test]
    fn a_code_that_none_has_is_answered_with_those_there_are() {
        let message = language("eng").unwrap_err();
        assert!(message.contains("`eng`") && message.contains(" el en eo "), "{message}");
    }
}
