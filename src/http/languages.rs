//! Which language an answer is in: `Accept-Language` (RFC 9110), looked up among those that there are (RFC 4647).

use std::{
    cmp::Reverse,
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{
        ACCEPT_LANGUAGE, AcceptLanguage, CONTENT_LANGUAGE, Header as _, HeaderMap, HeaderValue, Preference,
        Quality, VARY,
    },
};

use crate::{
    error::{Error, Result},
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
        AcceptLanguage::parse(request).map(Self::of).unwrap_or_default()
    }

    fn of(AcceptLanguage(mut items): AcceptLanguage) -> Self {
        // A stable sort: what is wished for alike stays in the order of the header.
        items.sort_by_key(|item| Reverse(item.quality));
        let mut wishes = Self::default();
        for item in items {
            // `*` says nothing that a lookup could use: the other languages come by falling back.
            let Preference::Specific(range) = item.item else { continue };
            let list = if item.quality == Quality::ZERO { &mut wishes.refused } else { &mut wishes.ranges };
            list.push(range.to_string());
        }
        wishes
    }

    /// The language that is wished for most; none if any will do.
    pub fn best(&self) -> Option<&str> {
        self.ranges.first().map(String::as_str)
    }

    /// Which of these languages fits: by lookup, which shortens each range until there is such a language
    /// (RFC 4647, 3.4), and then by what a range includes (3.3.1), such as `pt-BR` for `pt`.
    pub fn look_up<'t>(&self, available: &'t [impl AsRef<str>]) -> Option<&'t str> {
        let available = || available.iter().map(AsRef::as_ref);
        let shortened = self.ranges.iter().find_map(|range| {
            let mut ranges = std::iter::successors(Some(range.as_str()), |range| shorter(range));
            ranges.find_map(|range| available().find(|tag| tag.eq_ignore_ascii_case(range)))
        });
        let included = || self.ranges.iter().find_map(|range| available().find(|tag| includes(range, tag)));
        shortened.or_else(included)
    }

    /// Which language of our own texts fits; English where none does.
    pub fn ours(&self) -> Language {
        self.look_up(&Language::ALL).and_then(Language::of).unwrap_or_default()
    }

    /// The first of these fallbacks that is there and not refused; or else the first that is there.
    pub fn fall_back<'t>(&self, fallbacks: &[String], there: &'t [String]) -> Option<&'t str> {
        let known: Vec<_> = fallbacks.iter().filter_map(|tag| there.iter().find(|one| *one == tag)).collect();
        let refused = |tag: &str| self.refused.iter().any(|range| includes(range, tag));
        let taken = known.iter().copied().find(|tag| !refused(tag)).or_else(|| known.first().copied());
        taken.map(String::as_str)
    }
}

/// The range without its last subtag, and without the single letter that this one was an extension of.
fn shorter(range: &str) -> Option<&str> {
    let (start, _) = range.rsplit_once('-')?;
    match start.rsplit_once('-') {
        Some((start, single)) if single.len() == 1 => Some(start),
        _ => Some(start),
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
        AcceptLanguage::parse(&request).map(Wishes::of).unwrap_or_default()
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
            ("zh-Hant-CN", None),
            ("pt", Some("pt-BR")),
            ("pt, fr;q=0.1", Some("fr")),
            ("pt-PT", None),
            ("p", None),
            ("f", None),
            ("de", None),
            ("fr;q=0", None),
            ("*", None),
            ("*, fr;q=0.5", Some("fr")),
            ("en_GB", None),
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
            ("fr_FR", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(wishes(header).ours(), wanted, "{header}");
        }
    }

    #[test]
    fn only_what_says_something_is_a_wish() {
        for header in ["", "*", "*;q=0.1", "fr;q=0", "en_GB", ";;,,q=", "é"] {
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
