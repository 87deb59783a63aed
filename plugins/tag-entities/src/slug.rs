//! Ids made of names: `Volodymyr Zelensky` -> `volodymyr-zelensky`, `Chișinău` -> `chisinau`.

/// The name in lower case, its Latin letters without their marks, everything else a hyphen.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match plain(c) {
            "" if matches!(c, '\'' | '’' | '.' | '\u{300}'..='\u{36f}') => {}
            "" if c.is_alphanumeric() => slug.push(c),
            "" if slug.is_empty() || slug.ends_with('-') => {}
            "" => slug.push('-'),
            letters => slug.push_str(letters),
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// The letters without marks that stand for a lower-case Latin letter; nothing for anything else.
fn plain(c: char) -> &'static str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' | 'ĉ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' | 'ə' => "e",
        'ğ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ł' | 'ļ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => "",
    }
}

/// The name with its marks as characters of their own (`é` as `e` and U+0301), where that differs:
/// some text is stored so.
pub(crate) fn decomposed(name: &str) -> Option<String> {
    let mut out = String::new();
    for c in name.chars() {
        let taken_apart = MARKS.iter().find_map(|(mark, marked, bare)| {
            let at = marked.chars().position(|letter| letter == c)?;
            Some((bare.chars().nth(at)?, *mark))
        });
        match taken_apart {
            Some((bare, mark)) => out.extend([bare, mark]),
            None => out.push(c),
        }
    }
    (out != name).then_some(out)
}

/// Combining marks, with the letters that bear them and the same letters bare.
const MARKS: &[(char, &str, &str)] = &[
    ('\u{300}', "àèìòùÀÈÌÒÙ", "aeiouAEIOU"),
    ('\u{301}', "áéíóúýćńśźÁÉÍÓÚÝĆŃŚŹ", "aeiouycnszAEIOUYCNSZ"),
    ('\u{302}', "âêîôûÂÊÎÔÛ", "aeiouAEIOU"),
    ('\u{303}', "ãõñÃÕÑ", "aonAON"),
    ('\u{304}', "āēīōūĀĒĪŌŪ", "aeiouAEIOU"),
    ('\u{306}', "ăğĂĞ", "agAG"),
    ('\u{307}', "żėİŻĖ", "zeIZE"),
    ('\u{308}', "äëïöüÄËÏÖÜ", "aeiouAEIOU"),
    ('\u{30a}', "åůÅŮ", "auAU"),
    ('\u{30b}', "őűŐŰ", "ouOU"),
    ('\u{30c}', "čšžěřňďťČŠŽĚŘŇĎŤ", "cszerndtCSZERNDT"),
    ('\u{326}', "șțȘȚ", "stST"),
    ('\u{327}', "çşţÇŞŢ", "cstCST"),
    ('\u{328}', "ąęĄĘ", "aeAE"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids() {
        assert_eq!(slug("Volodymyr Zelensky"), "volodymyr-zelensky");
        assert_eq!(slug("Chișinău"), "chisinau");
        assert_eq!(slug("St. Petersburg"), "st-petersburg");
        assert_eq!(slug("Ze’ev  (Elkin)"), "zeev-elkin");
        assert_eq!(slug("Київ"), "київ");
        assert_eq!(slug("–"), "");
    }

    #[test]
    fn names_stored_in_parts() {
        assert_eq!(decomposed("São Tomé").as_deref(), Some("Sa\u{303}o Tome\u{301}"));
        assert_eq!(decomposed("Oslo"), None);
        assert_eq!(slug("Sa\u{303}o Tome\u{301}"), "sao-tome");
        for (_, marked, bare) in MARKS {
            assert_eq!(marked.chars().count(), bare.chars().count());
        }
    }
}
