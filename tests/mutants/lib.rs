//! The pure files of the program, with stand-ins for what they name of the others.

#![allow(dead_code, unused_imports, unused_macros, missing_docs)]

pub mod error;
pub mod ids;
pub mod limits;
pub mod media_types;
pub mod months;
pub mod precondition;
pub(crate) mod strict;
pub mod text;

pub mod accounts {
    pub mod model;
    pub mod policy;
}

pub mod appeals {
    pub mod model;
}

#[cfg(not(feature = "checklists"))]
pub mod checklists {
    pub mod key;
    pub mod text;
}

#[cfg(feature = "checklists")]
pub mod checklists {
    pub mod answers;
    pub mod bindings;
    pub mod counted;
    mod blind;
    mod check;
    mod date_time;
    mod derived_id;
    pub mod findings;
    mod given;
    pub mod key;
    pub mod kinds;
    mod languages;
    pub mod manifest;
    mod measure;
    pub mod media_type;
    pub mod model;
    pub mod pattern;
    pub mod prepared;
    pub mod rules;
    #[cfg(test)]
    pub(crate) mod samples;
    pub mod scoring;
    pub mod shares;
    mod showing;
    pub mod standards {
        pub mod model;
    }
    mod subjects;
    pub mod text;
    mod validity;
}

pub mod reports {
    #[cfg(feature = "checklists")]
    pub mod content;
    #[cfg(feature = "checklists")]
    pub mod cut;
    #[cfg(feature = "checklists")]
    pub mod model;
    #[cfg(not(feature = "checklists"))]
    pub mod night;

    /// Stand-in.
    #[cfg(feature = "checklists")]
    pub mod read {
        use crate::{checklists::text::Text, ids::StandardId};
        pub type Wordings = std::collections::HashMap<(StandardId, i32), Text>;
    }

    /// Stand-in.
    #[cfg(feature = "checklists")]
    pub mod blur {
        use crate::{accounts::policy::Scope, checklists::media_type::Form, db::Conn, error::Result, ids::*};
        pub fn preparing(_: &mut Conn, _: &Scope, visit: VisitId, _: (EvidenceId, Form)) -> Result<VisitId> {
            Ok(visit)
        }
    }

    /// Stand-in.
    #[cfg(feature = "checklists")]
    pub mod store {
        use super::cut::Stretches;
        use crate::{db::{Conn, types::Instant}, error::Result, ids::*};
        pub fn put_cut(_: &mut Conn, _: (EvidenceId, VisitId), _: &Stretches, _: AccountId, _: Instant) -> Result<()> {
            Ok(())
        }
    }
}

#[cfg(not(feature = "checklists"))]
pub mod scores {
    pub mod shown;
    pub mod statistics;
}

pub mod visits {
    pub mod state;
}

/// Stand-in.
pub mod evidence {
    pub mod recordings {
        #[derive(Debug, PartialEq, Eq)]
        pub struct Stretch {
            pub from: u64,
            pub to: u64,
        }
    }
}

#[cfg(feature = "checklists")]
pub mod fieldwork {
    pub mod campaigns {
        pub mod terms {
            mod reporting;
            pub use reporting::Reporting;
        }
    }
}

pub mod db {
    pub mod schema;
    pub mod types;
    pub use engine::Conn;

    /// Stand-in: one engine.
    pub mod engine {
        #[derive(diesel::MultiConnection)]
        pub enum Conn {
            Sqlite(diesel::SqliteConnection),
        }
    }
}

/// Stand-ins.
pub mod places {
    pub mod model {
        pub fn time_zone(name: &str) -> Option<jiff::tz::TimeZone> {
            jiff::tz::TimeZone::get(name).ok()
        }
    }
    pub mod notices {
        pub mod model {
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
            pub enum ReportingLevel {
                Brand,
                Region,
                Branch,
                Person,
            }
        }
    }
}

/// Stand-in.
pub mod texts {
    #[derive(Clone, Copy, Debug)]
    pub struct Text;
    macro_rules! text {
        ($id:expr) => {
            $crate::texts::Text
        };
    }
    pub(crate) use text;
}
