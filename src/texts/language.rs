//! The languages that there are texts in.

macro_rules! languages {
    ($($language:ident $tag:literal)+) => {
        /// A language that there are texts in. English is the one to fall back to.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the names say it")]
        pub enum Language {
            #[default]
            $($language),+
        }

        impl Language {
            /// Each of them.
            pub const ALL: [Self; [$($tag),+].len()] = [$(Self::$language),+];

            /// Its tag (BCP 47).
            pub const fn tag(self) -> &'static str {
                match self { $(Self::$language => $tag),+ }
            }

            /// Its catalogue, as it is written.
            pub(super) const fn source(self) -> &'static str {
                match self { $(Self::$language => include_str!(concat!($tag, ".ftl"))),+ }
            }

            /// What columns are called in it, as that is written.
            pub(super) const fn columns(self) -> &'static str {
                match self { $(Self::$language => include_str!(concat!("columns/", $tag, ".ftl"))),+ }
            }
        }
    };
}

languages! {
    English "en"
    French "fr"
    Russian "ru"
    Bulgarian "bg"
    Turkish "tr"
}

impl Language {
    /// The language of this tag (BCP 47), without regard to its script and region: French for `fr-CH`.
    pub fn of(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?;
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

impl AsRef<str> for Language {
    fn as_ref(&self) -> &str {
        self.tag()
    }
}
