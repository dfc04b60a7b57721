//! The languages of a form: `label::Français (fr)`, `label::fr`, `label::French`.

use crate::text::is_language_tag;

/// Tags with the language's English name and its own, for columns that name a language and no tag.
const NAMES: [(&str, &str, &str); 36] = [
    ("ar", "Arabic", "العربية"),
    ("bg", "Bulgarian", "Български"),
    ("bn", "Bengali", "বাংলা"),
    ("cs", "Czech", "Čeština"),
    ("da", "Danish", "Dansk"),
    ("de", "German", "Deutsch"),
    ("el", "Greek", "Ελληνικά"),
    ("en", "English", "English"),
    ("es", "Spanish", "Español"),
    ("et", "Estonian", "Eesti"),
    ("fa", "Persian", "فارسی"),
    ("fi", "Finnish", "Suomi"),
    ("fr", "French", "Français"),
    ("he", "Hebrew", "עברית"),
    ("hi", "Hindi", "हिन्दी"),
    ("hr", "Croatian", "Hrvatski"),
    ("hu", "Hungarian", "Magyar"),
    ("id", "Indonesian", "Bahasa Indonesia"),
    ("it", "Italian", "Italiano"),
    ("ja", "Japanese", "日本語"),
    ("ko", "Korean", "한국어"),
    ("lt", "Lithuanian", "Lietuvių"),
    ("lv", "Latvian", "Latviešu"),
    ("nl", "Dutch", "Nederlands"),
    ("pl", "Polish", "Polski"),
    ("pt", "Portuguese", "Português"),
    ("ro", "Romanian", "Română"),
    ("ru", "Russian", "Русский"),
    ("sk", "Slovak", "Slovenčina"),
    ("sl", "Slovenian", "Slovenščina"),
    ("sv", "Swedish", "Svenska"),
    ("sw", "Swahili", "Kiswahili"),
    ("tr", "Turkish", "Türkçe"),
    ("uk", "Ukrainian", "Українська"),
    ("vi", "Vietnamese", "Tiếng Việt"),
    ("zh", "Chinese", "中文"),
];

/// Further languages by their English names.
const ENGLISH: [(&str, &str); 87] = [
    ("af", "Afrikaans"),
    ("am", "Amharic"),
    ("as", "Assamese"),
    ("ay", "Aymara"),
    ("az", "Azerbaijani"),
    ("be", "Belarusian"),
    ("bo", "Tibetan"),
    ("bs", "Bosnian"),
    ("ca", "Catalan"),
    ("cy", "Welsh"),
    ("dv", "Dhivehi"),
    ("dz", "Dzongkha"),
    ("ee", "Ewe"),
    ("eo", "Esperanto"),
    ("eu", "Basque"),
    ("ff", "Fula"),
    ("fil", "Filipino"),
    ("fj", "Fijian"),
    ("fo", "Faroese"),
    ("ga", "Irish"),
    ("gl", "Galician"),
    ("gn", "Guarani"),
    ("gu", "Gujarati"),
    ("ha", "Hausa"),
    ("ht", "Haitian Creole"),
    ("hy", "Armenian"),
    ("ig", "Igbo"),
    ("is", "Icelandic"),
    ("jv", "Javanese"),
    ("ka", "Georgian"),
    ("kk", "Kazakh"),
    ("km", "Khmer"),
    ("kn", "Kannada"),
    ("ku", "Kurdish"),
    ("ky", "Kyrgyz"),
    ("lb", "Luxembourgish"),
    ("lg", "Ganda"),
    ("ln", "Lingala"),
    ("lo", "Lao"),
    ("mg", "Malagasy"),
    ("mi", "Maori"),
    ("mk", "Macedonian"),
    ("ml", "Malayalam"),
    ("mn", "Mongolian"),
    ("mr", "Marathi"),
    ("ms", "Malay"),
    ("mt", "Maltese"),
    ("my", "Burmese"),
    ("nb", "Norwegian Bokmål"),
    ("ne", "Nepali"),
    ("nn", "Norwegian Nynorsk"),
    ("no", "Norwegian"),
    ("ny", "Chichewa"),
    ("om", "Oromo"),
    ("or", "Odia"),
    ("pa", "Punjabi"),
    ("ps", "Pashto"),
    ("qu", "Quechua"),
    ("rn", "Kirundi"),
    ("rw", "Kinyarwanda"),
    ("sd", "Sindhi"),
    ("si", "Sinhala"),
    ("sm", "Samoan"),
    ("sn", "Shona"),
    ("so", "Somali"),
    ("sq", "Albanian"),
    ("sr", "Serbian"),
    ("st", "Sesotho"),
    ("su", "Sundanese"),
    ("ta", "Tamil"),
    ("te", "Telugu"),
    ("tg", "Tajik"),
    ("th", "Thai"),
    ("ti", "Tigrinya"),
    ("tk", "Turkmen"),
    ("tl", "Tagalog"),
    ("tn", "Tswana"),
    ("to", "Tongan"),
    ("ts", "Tsonga"),
    ("tt", "Tatar"),
    ("ug", "Uyghur"),
    ("ur", "Urdu"),
    ("uz", "Uzbek"),
    ("wo", "Wolof"),
    ("xh", "Xhosa"),
    ("yo", "Yoruba"),
    ("zu", "Zulu"),
];

/// The tag that a column or a setting means by `Français (fr)`, `fr` or `French`.
pub fn tag(written: &str) -> Option<String> {
    let written = written.trim();
    let inner = written.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    if let Some((before, inner)) = inner {
        // `Kurdî (Kurdish)`, and `Kurdish (Kurmanji)`.
        return spelled(inner.trim()).or_else(|| named(inner)).or_else(|| named(before));
    }
    spelled(written).or_else(|| named(written))
}

/// The tag of the language with this name.
fn named(name: &str) -> Option<String> {
    let name = name.trim().to_lowercase();
    let own =
        NAMES.iter().find(|(_, english, own)| [english, own].iter().any(|one| one.to_lowercase() == name));
    let english = || ENGLISH.iter().find(|(_, english)| english.to_lowercase() == name).map(|(tag, _)| *tag);
    own.map(|(tag, ..)| *tag).or_else(english).map(str::to_owned)
}

/// The tag in its recommended spelling: `pt-BR` for `pt_br`.
fn spelled(tag: &str) -> Option<String> {
    let subtag = |(i, subtag): (usize, &str)| match (i, subtag.len()) {
        (0, _) => subtag.to_ascii_lowercase(),
        (_, 4) => {
            let (first, rest) = subtag.split_at_checked(1).unwrap_or((subtag, ""));
            first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
        }
        _ => subtag.to_ascii_uppercase(),
    };
    let tag = tag.replace('_', "-").split('-').enumerate().map(subtag).collect::<Vec<_>>().join("-");
    is_language_tag(&tag).then_some(tag)
}

/// How a column names the language of this tag: `Français (fr)`.
pub fn column(tag: &str) -> String {
    let primary = tag.split('-').next().unwrap_or(tag);
    let name = NAMES.iter().find(|(known, ..)| *known == primary).map_or(tag, |(_, _, own)| own);
    format!("{name} ({tag})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_tag_or_its_name() {
        for (written, known) in [
            ("English (en)", "en"),
            ("fr", "fr"),
            ("FR", "fr"),
            (" French ", "fr"),
            ("français", "fr"),
            ("Português (pt_br)", "pt-BR"),
            ("sr-latn", "sr-Latn"),
            ("Anything (bg)", "bg"),
            ("Kurdish", "ku"),
            ("Kurdî (Kurdish)", "ku"),
            ("English (english)", "en"),
            ("Kurdish (Kurmanji)", "ku"),
        ] {
            assert_eq!(tag(written).as_deref(), Some(known), "{written}");
        }
        for written in ["Klingon", "", "Anything (else)", "()", "é"] {
            assert_eq!(tag(written), None, "{written}");
        }
        assert_eq!((column("fr"), column("gsw")), ("Français (fr)".into(), "gsw (gsw)".into()));
        assert_eq!(column("pt-BR"), "Português (pt-BR)");
    }
}
