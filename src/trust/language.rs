//! In which language a shopper wrote.
//!
//! A program that knows some seventy languages by their letters and by how often three of them follow one another (W. Cavnar and
//! J. Trenkle, N-gram-based text categorization, 1994) says it, where it is sure of it. It is often wrong about a
//! sentence or two, and about languages that are near to one another; so short texts say nothing here, and near languages
//! are taken for one.

use whatlang::{Detector, Lang};

use super::model::FlagEvidence;

/// A text with fewer words is a name, an address or a remark, and says nothing.
const FEWEST_WORDS: usize = 3;
/// All texts together have to have so many letters.
pub const FEWEST_LETTERS: usize = 80;

/// Languages that the program takes for one another.
const NEAR: [&[&str]; 8] = [
    &["nb", "nn", "no", "da"],
    &["hr", "sr", "bs", "sl"],
    &["cs", "sk"],
    &["bg", "mk"],
    &["uk", "be"],
    &["id", "ms", "jv"],
    &["hi", "mr", "ne"],
    &["af", "nl"],
];

/// The language of these texts together (BCP 47), if there is enough of them to say it.
pub fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Option<&'static str> {
    let texts: Vec<_> = texts.filter(|text| text.split_whitespace().count() >= FEWEST_WORDS).collect();
    let text = texts.join("\n");
    if text.chars().filter(|one| one.is_alphabetic()).count() < FEWEST_LETTERS {
        return None;
    }
    let found = Detector::with_denylist(ruled_out(&text)).detect(&text)?;
    if found.is_reliable() { tag(found.lang()) } else { None }
}

/// The languages of Cyrillic letters that a text is not in, by letters that they do not have: by the frequencies of letters alone
/// the program is seldom sure of a short text in Russian.
fn ruled_out(text: &str) -> Vec<Lang> {
    let has = |letters: &str| text.chars().flat_map(char::to_lowercase).any(|one| letters.contains(one));
    let mut others = Vec::new();
    if has("ыэ") {
        others.extend([Lang::Bul, Lang::Mkd, Lang::Srp, Lang::Ukr]);
        others.extend((!has("ўі")).then_some(Lang::Bel));
    }
    others
}

/// That a visit was written in another language than any that was to be expected. It says nothing where one of these is
/// unknown to the program, which would take it for another.
pub fn unexpected(language: Option<&'static str>, expected: &[String]) -> Option<FlagEvidence> {
    let language = language?;
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
    let expected: Vec<_> = expected.iter().map(|tag| primary(tag)).collect();
    let is_near = |one: &String| {
        one == language || NEAR.iter().any(|near| near.contains(&language) && near.contains(&one.as_str()))
    };
    let knows =
        |one: &String| Lang::all().iter().any(|lang| tag(*lang).is_some_and(|known| is_same(known, one)));
    if expected.is_empty() || expected.iter().any(is_near) || !expected.iter().all(knows) {
        return None;
    }
    let mut listed = expected;
    listed.sort();
    listed.dedup();
    Some(FlagEvidence::UnexpectedLanguage { language: language.to_owned(), expected: listed })
}

/// Whether a language that the program knows is this one, or near to it.
fn is_same(known: &str, tag: &str) -> bool {
    known == tag || NEAR.iter().any(|near| near.contains(&known) && near.contains(&tag))
}

/// The tag of a language, of those that the program knows; none of those that people hardly write by this name.
fn tag(language: Lang) -> Option<&'static str> {
    const TAGS: [(&str, &str); 69] = [
        ("afr", "af"),
        ("aka", "ak"),
        ("amh", "am"),
        ("ara", "ar"),
        ("aze", "az"),
        ("bel", "be"),
        ("ben", "bn"),
        ("bul", "bg"),
        ("cat", "ca"),
        ("ces", "cs"),
        ("cmn", "zh"),
        ("cym", "cy"),
        ("dan", "da"),
        ("deu", "de"),
        ("ell", "el"),
        ("eng", "en"),
        ("epo", "eo"),
        ("est", "et"),
        ("fin", "fi"),
        ("fra", "fr"),
        ("guj", "gu"),
        ("heb", "he"),
        ("hin", "hi"),
        ("hrv", "hr"),
        ("hun", "hu"),
        ("hye", "hy"),
        ("ind", "id"),
        ("ita", "it"),
        ("jav", "jv"),
        ("jpn", "ja"),
        ("kan", "kn"),
        ("kat", "ka"),
        ("khm", "km"),
        ("kor", "ko"),
        ("lat", "la"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("mal", "ml"),
        ("mar", "mr"),
        ("mkd", "mk"),
        ("mya", "my"),
        ("nep", "ne"),
        ("nld", "nl"),
        ("nob", "nb"),
        ("ori", "or"),
        ("pan", "pa"),
        ("pes", "fa"),
        ("pol", "pl"),
        ("por", "pt"),
        ("ron", "ro"),
        ("rus", "ru"),
        ("sin", "si"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("sna", "sn"),
        ("spa", "es"),
        ("srp", "sr"),
        ("swe", "sv"),
        ("tam", "ta"),
        ("tel", "te"),
        ("tgl", "tl"),
        ("tha", "th"),
        ("tuk", "tk"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("urd", "ur"),
        ("uzb", "uz"),
        ("vie", "vi"),
        ("zul", "zu"),
    ];
    let code = language.code();
    TAGS.iter().find(|(three, _)| *three == code).map(|(_, two)| *two)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: [(&str, &str); 5] = [
        (
            "en",
            "I came in at noon and ordered a flat white with a slice of carrot cake. Nobody greeted me, but it was warm and quiet.",
        ),
        (
            "fr",
            "Je suis entrée à midi et j’ai commandé un café crème avec une part de tarte. Personne ne m’a saluée, mais il faisait bon.",
        ),
        (
            "ru",
            "Я зашёл в полдень и заказал большой капучино с куском торта. Никто не поздоровался, но было тепло и тихо, и я сел у окна.",
        ),
        (
            "bg",
            "Влязох по обяд и поръчах голямо капучино с парче торта. Никой не ме поздрави, но беше топло и тихо и седнах до прозореца.",
        ),
        (
            "tr",
            "Öğlen uğradım ve büyük bir kapuçino söyledim, yanında havuçlu kek vardı. Kimse selam vermedi ama içerisi sıcak ve sessizdi.",
        ),
    ];

    fn expected(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn the_languages_at_home_are_told_apart() {
        for (language, text) in TOLD {
            assert_eq!(of([text].into_iter()), Some(language), "{text}");
            // In pieces, as answers and comments are.
            assert_eq!(of(text.split_inclusive('.')), Some(language), "{text}");
        }
    }

    #[test]
    fn what_is_short_says_nothing() {
        for (_, text) in TOLD {
            assert_eq!(of([text.split('.').next().unwrap_or_default()].into_iter()), None, "{text}");
        }
        // Many texts of a word or two are names and the like.
        assert_eq!(of(["Café Crème"; 40].into_iter()), None);
        assert_eq!(of(std::iter::empty()), None);
        assert_eq!(of(["12 34 56 78 90"; 40].into_iter()), None);
    }

    #[test]
    fn only_what_nobody_expects_is_flagged() {
        let flagged = |language, tags: &[&str]| unexpected(language, &expected(tags)).is_some();
        assert!(flagged(Some("ru"), &["bg", "en"]) && flagged(Some("en"), &["fr-CH"]));
        assert!(!flagged(Some("ru"), &["bg", "RU"]) && !flagged(Some("pt"), &["pt-BR", "en"]));
        assert!(!flagged(None, &["en"]) && !flagged(Some("en"), &[]));
        // What is near is taken for it; of what the program does not know it says nothing.
        assert!(
            !flagged(Some("da"), &["nb"]) && !flagged(Some("mk"), &["bg"]) && flagged(Some("ru"), &["mk"])
        );
        assert!(!flagged(Some("de"), &["gsw", "en"]) && !flagged(Some("id"), &["ms"]));
        let found = unexpected(Some("ru"), &expected(&["en", "bg", "en-GB"]));
        let wanted =
            FlagEvidence::UnexpectedLanguage { language: "ru".into(), expected: expected(&["bg", "en"]) };
        assert_eq!(found, Some(wanted));
    }
}
