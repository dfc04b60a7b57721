//! Whose pages may call the API: a list of origins.

use std::str::FromStr;

/// Origins of pages, each written as browsers send it: `https://desk.example.org`, `http://localhost:3000`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<String>);

impl Origins {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Origins {
    type Err = String;

    /// Names all that are wrong.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let given = || text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        let wrong: Vec<_> =
            given().filter(|origin| !is_origin(origin)).map(|one| format!("{one:?}")).collect();
        if wrong.is_empty() {
            return Ok(Self(given().map(str::to_owned).collect()));
        }
        let wanted = "an origin is https://HOST or http://HOST:PORT in small letters, without a path or a default port";
        Err(format!("{}: {wanted}", wrong.join(", ")))
    }
}

/// Browsers send an origin in one form only, and it is compared byte by byte.
fn is_origin(text: &str) -> bool {
    let origin = url::Url::parse(text).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    // A star stands for nothing in an origin.
    origin.is_some_and(|url| url.origin().ascii_serialization() == text) && !text.contains('*')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_send_them() {
        let origins: Origins = "https://a.example, http://localhost:3000,".parse().unwrap();
        assert_eq!(origins.iter().collect::<Vec<_>>(), ["https://a.example", "http://localhost:3000"]);
        for wrong in [
            "*",
            "null",
            "a.example",
            "https://a.example/",
            "https://a.example/path",
            "https://A.example",
            "https://a.example:443",
            "https://user@a.example",
            "https://*.example",
            "ftp://a.example",
            "file:///etc",
        ] {
            let both = format!("https://b.example,{wrong},c");
            let mistake = both.parse::<Origins>().unwrap_err();
            assert!(mistake.contains(&format!("{wrong:?}, \"c\"")), "{mistake}");
            assert!(!mistake.contains("b.example"), "{mistake}");
        }
    }
}
