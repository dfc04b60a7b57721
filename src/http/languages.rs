//! Which language an answer is in: `Accept-Language` (RFC 9110), looked up among those that there are (RFC 4647).

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, HeaderMap, HeaderValue, VARY},
};

use crate::{
    error::{Error, Result},
    text::{language_range, shorter_range},
    texts::Language,
};

/// The languages that a caller wishes for. A header that cannot be read counts as none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Language ranges, the best first.
    ranges: Vec<String>,
    /// Ranges that are not wanted at all.
    refused: Vec<String>,
}

impl FromRequest for Wishes {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of_request(request)))
    }
}

/// The language of our own texts for this request; English where there is none that is wished for.
impl FromRequest for Language {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Wishes::of_request(request).ours()))
    }
}

impl Wishes {
    /// The wish for this one language.
    pub fn only(tag: String) -> Self {
        Self { ranges: vec![tag], refused: Vec::new() }
    }

    /// The wishes of this request.
    pub fn of_request(request: &HttpRequest) -> Self {
        let headers = request.headers().get_all(ACCEPT_LANGUAGE);
        Self::of(headers.filter_map(|header| header.to_str().ok()).flat_map(|header| header.split(',')))
    }

    /// What cannot be read is no wish, and the others stay. `*` says nothing that a lookup could use: the other languages come
    /// by falling back.
    fn of<'h>(items: impl Iterator<Item = &'h str>) -> Self {
        let read = |item: &'h str| {
            let mut parts = item.split(';').map(str::trim);
            let range = language_range(parts.next()?)?;
            let quality = match parts.next() {
                Some(weight) => weight.to_ascii_lowercase().strip_prefix("q=")?.trim().parse().ok()?,
                None => 1.0,
            };
            (0.0..=1.0_f32).contains(&quality).then_some((range, quality))
        };
        let mut items: Vec<_> = items.filter_map(read).collect();
        // A stable sort: what is wished for alike stays in the order of the header.
        items.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let (refused, ranges): (Vec<_>, Vec<_>) = items.into_iter().partition(|(_, quality)| *quality == 0.0);
        let names = |items: Vec<(String, f32)>| items.into_iter().map(|(range, _)| range).collect();
        Self { ranges: names(ranges), refused: names(refused) }
    }

    /// The language that is wished for most; none if any will do.
    pub fn best(&self) -> Option<&str> {
        self.ranges.first().map(String::as_str)
    }

    /// Which of these languages fits: by lookup, which shortens each range until there is such a language
    /// (RFC 4647, 3.4), or one that is as good for its readers, and then by what a range includes (3.3.1), such as `pt-BR`
    /// for `pt`.
    pub fn look_up<'t>(&self, available: &'t [impl AsRef<str>]) -> Option<&'t str> {
        let available = || available.iter().map(AsRef::as_ref);
        let find = |range: &str| {
            available().find(|tag: &&str| {
                tag.eq_ignore_ascii_case(range)
                    || language_range(tag).is_some_and(|tag| tag.eq_ignore_ascii_case(range))
            })
        };
        let shortened =
            |range: &str| std::iter::successors(Some(range), |range| shorter_range(range)).find_map(find);
        let looked_up = |range: &String| match script_of_chinese(range) {
            // Of Chinese the script counts, and the language without one is in the simplified script.
            Some("Hant") => TRADITIONAL.iter().copied().find_map(|kin| find(range).or_else(|| find(kin))),
            Some(_) => SIMPLIFIED.iter().copied().find_map(|kin| find(range).or_else(|| find(kin))),
            None => shortened(range).or_else(|| as_good(range).into_iter().find_map(find)),
        };
        let found = self.ranges.iter().find_map(looked_up);
        let included = || self.ranges.iter().find_map(|range| available().find(|tag| includes(range, tag)));
        found.or_else(included)
    }

    /// Which language of our own texts fits; English where none does.
    pub fn ours(&self) -> Language {
        self.look_up(&Language::ALL).and_then(Language::of).unwrap_or_default()
    }

    /// Which of these languages an answer is in: the one that fits, or else a fallback, or else the first.
    pub fn best_of<'t>(&self, available: &'t [String], fallbacks: &[String]) -> &'t str {
        let found = self.look_up(available).or_else(|| self.fall_back(fallbacks, available));
        found.or_else(|| available.first().map(String::as_str)).unwrap_or_default()
    }

    /// The first of these fallbacks that is there and not refused; or else the first that is there.
    pub fn fall_back<'t>(&self, fallbacks: &[String], available: &'t [String]) -> Option<&'t str> {
        let known: Vec<_> =
            fallbacks.iter().filter_map(|tag| available.iter().find(|one| *one == tag)).collect();
        let refused = |tag: &str| self.refused.iter().any(|range| includes(range, tag));
        let taken = known.iter().copied().find(|tag| !refused(tag)).or_else(|| known.first().copied());
        taken.map(String::as_str)
    }
}

/// What Chinese in the traditional script is called, and in the simplified one; the usual names first.
const TRADITIONAL: [&str; 6] = ["zh-Hant", "zh-Hant-TW", "zh-TW", "zh-Hant-HK", "zh-HK", "zh-MO"];
const SIMPLIFIED: [&str; 5] = ["zh-Hans", "zh-Hans-CN", "zh-CN", "zh", "zh-SG"];

/// The script that a range of Chinese stands for; none if it is of another language.
fn script_of_chinese(range: &str) -> Option<&'static str> {
    let mut subtags = range.split('-');
    subtags.next().filter(|primary| *primary == "zh")?;
    let traditional = |subtag: &str| ["Hant", "TW", "HK", "MO"].contains(&subtag);
    let is_hans = range.contains("-Hans");
    Some(if !is_hans && subtags.any(traditional) { "Hant" } else { "Hans" })
}

/// Languages that are as good for the readers of this one: both ways of writing Norwegian, and the name for both.
fn as_good(range: &str) -> Vec<&'static str> {
    match range.split('-').next() {
        Some("nb") => vec!["no", "nn"],
        Some("nn") => vec!["no", "nb"],
        Some("no") => vec!["nb", "nn"],
        _ => Vec::new(),
    }
}

/// Whether the tag is of this range: the same, or the range with more subtags.
fn includes(range: &str, tag: &str) -> bool {
    let begins = tag.get(..range.len()).is_some_and(|start| start.eq_ignore_ascii_case(range));
    begins && tag.get(range.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Says in an answer which language it is in, if it is in one, and that another caller may get another.
pub fn say(headers: &mut HeaderMap, language: Option<&str>) {
    headers.insert(VARY, HeaderValue::from_name(ACCEPT_LANGUAGE));
    if let Some(value) = language.and_then(|language| HeaderValue::from_str(language).ok()) {
        headers.insert(CONTENT_LANGUAGE, value);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use actix_web::test::TestRequest;

    use super::*;

    fn wishes(header: &str) -> Wishes {
        let request = TestRequest::default().insert_header((ACCEPT_LANGUAGE, header)).to_http_request();
        Wishes::of_request(&request)
    }

    fn tags(tags: &[&str]) -> Vec<String> {
        tags.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_best_that_is_there_is_found() {
        let available = tags(&["en", "fr", "pt-BR", "sr-Latn", "zh-Hant-TW"]);
        for (header, wanted) in [
            ("fr", Some("fr")),
            ("fr-CH, fr;q=0.9, en;q=0.8", Some("fr")),
            ("en;q=0.5, fr;q=0.7", Some("fr")),
            ("de, en;q=0.1", Some("en")),
            ("FR", Some("fr")),
            ("sr-latn-rs", Some("sr-Latn")),
            ("zh-Hant-TW-x-private", Some("zh-Hant-TW")),
            ("zh-Hant-CN", Some("zh-Hant-TW")),
            ("zh-TW", Some("zh-Hant-TW")),
            ("zh_HK.UTF-8", Some("zh-Hant-TW")),
            ("zh-CN", None),
            ("pt", Some("pt-BR")),
            ("pt, fr;q=0.1", Some("fr")),
            ("pt-PT", None),
            ("p", None),
            ("f", None),
            ("de", None),
            ("fr;q=0", None),
            ("*", None),
            ("*, fr;q=0.5", Some("fr")),
            ("en_GB", Some("en")),
            ("de;q=x, fr", Some("fr")),
            ("sr_RS@latin", Some("sr-Latn")),
            ("fr;q=2", None),
            (";;,,q=", None),
            ("", None),
        ] {
            assert_eq!(wishes(header).look_up(&available), wanted, "{header}");
        }
    }

    #[test]
    fn our_own_texts_are_in_english_where_no_wish_fits() {
        for (header, wanted) in [
            ("fr", Language::French),
            ("BG-bg", Language::Bulgarian),
            ("qaa, tr;q=0.5, ru;q=0.4", Language::Turkish),
            ("ru-Cyrl-KZ-x-private", Language::Russian),
            ("en-GB, fr;q=0.9", Language::English),
            ("qaa", Language::English),
            ("fr;q=0", Language::English),
            ("*", Language::English),
            ("fr_FR", Language::French),
            ("tr_TR.UTF-8, en", Language::Turkish),
            ("", Language::English),
        ] {
            assert_eq!(wishes(header).ours(), wanted, "{header}");
        }
    }

    #[test]
    fn languages_have_former_names_and_kin() {
        for (header, available, wanted) in [
            ("iw", &["en", "he"][..], Some("he")),
            ("he-IL", &["en", "iw"], Some("iw")),
            ("in-ID", &["id", "en"], Some("id")),
            ("nb-NO", &["no", "en"], Some("no")),
            ("nn", &["en", "nb"], Some("nb")),
            ("no", &["en", "nn"], Some("nn")),
            ("nb, sv", &["sv", "no"], Some("no")),
            ("zh-TW", &["zh-Hans", "zh-Hant"], Some("zh-Hant")),
            ("zh-Hant-HK", &["zh", "zh-TW"], Some("zh-TW")),
            ("zh-HK", &["zh-TW", "zh-HK"], Some("zh-HK")),
            ("zh-CN", &["zh-Hant", "zh-Hans"], Some("zh-Hans")),
            ("zh-Hans-HK", &["zh-Hant", "zh-CN"], Some("zh-CN")),
            ("zh-SG", &["zh", "en"], Some("zh")),
            ("zh", &["zh-Hant", "zh-CN"], Some("zh-CN")),
            ("zh", &["zh-Hant", "en"], Some("zh-Hant")),
            ("zh-TW", &["zh-Hans", "en"], None),
            ("sr-Latn", &["sr", "en"], Some("sr")),
            ("pt-BR", &["pt", "en"], Some("pt")),
            ("ca-ES-valencia", &["ca", "es"], Some("ca")),
        ] {
            assert_eq!(wishes(header).look_up(&tags(available)), wanted, "{header}");
        }
    }

    #[test]
    fn only_what_says_something_is_a_wish() {
        for header in ["", "*", "*;q=0.1", "fr;q=0", "C", ";;,,q=", "é"] {
            assert_eq!(wishes(header).best(), None, "{header}");
        }
        assert_eq!(wishes("en;q=0.1, de-AT").best(), Some("de-AT"));
    }

    #[test]
    fn a_fallback_is_there_and_better_not_refused() {
        let available = tags(&["en", "fr", "tr"]);
        for (header, fallbacks, wanted) in [
            ("de", ["tr", "fr"], Some("tr")),
            ("de", ["bg", "fr"], Some("fr")),
            ("de, tr;q=0", ["tr", "fr"], Some("fr")),
            ("de, tr;q=0, fr;q=0", ["tr", "fr"], Some("tr")),
            ("de", ["bg", "ru"], None),
        ] {
            assert_eq!(
                wishes(header).fall_back(&tags(&fallbacks), &available),
                wanted,
                "{header} {fallbacks:?}"
            );
        }
    }
}
