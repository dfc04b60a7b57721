//! Making stretches of a recording silent before its report goes out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{blur, store};
use crate::{
    accounts::policy::Scope,
    checklists::media_type::Form,
    db::{Conn, types::Instant},
    error::{Error, FieldError, Result},
    evidence::recordings::Stretch,
    ids::{EvidenceId, VisitId},
    limits::{Several, Whole},
    strict::objects_only,
};

/// A moment of a recording, in milliseconds from its beginning.
pub type Moment = Whole<0, 3_600_000>;
/// The stretches of a recording that are not to be heard.
pub type Stretches = Several<SilentStretch, 0, 200>;

/// A stretch of a recording that is silent in the copy that goes out, with a little before and behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SilentStretch {
    /// Where it begins, in milliseconds from the beginning of the recording.
    from_ms: Moment,
    /// Where it ends: behind that.
    to_ms: Moment,
}

objects_only!(SilentStretch);

impl SilentStretch {
    /// The same for those who work on recordings.
    pub fn stretch(&self) -> Stretch {
        Stretch { from: self.from_ms.as_u32().into(), to: self.to_ms.as_u32().into() }
    }
}

/// The stretches that end where they begin, or before.
fn contradictions(stretches: &Stretches) -> Vec<FieldError> {
    let wrong = stretches.iter().enumerate().filter(|(_, one)| one.to_ms <= one.from_ms);
    wrong
        .map(|(at, _)| {
            FieldError::new(
                format!("/stretches/{at}/to_ms"),
                "range",
                "a stretch ends behind where it begins",
            )
        })
        .collect()
}

/// Settles which stretches of a recording are silent in the copy that goes out, in place of what was settled before. Without any
/// somebody has listened to it, and all of it may be heard.
///
/// # Errors
/// `not_found` if the visit is out of scope or has no such recording; `forbidden` if the visit is the caller's own; `wrong_state` if
/// its report went out; `invalid` if a stretch ends before it begins.
pub fn cut(
    conn: &mut Conn,
    scope: &Scope,
    (visit, file): (VisitId, EvidenceId),
    stretches: &Stretches,
    now: Instant,
) -> Result<()> {
    let visit = blur::preparing(conn, scope, visit, (file, Form::Recording))?;
    let wrong = contradictions(stretches);
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    store::put_cut(conn, (file, visit), stretches, scope.account, now)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_stretch_ends_behind_where_it_begins() {
        let stretches: Stretches = serde_json::from_str(
            r#"[{"from_ms": 0, "to_ms": 1}, {"from_ms": 5, "to_ms": 5}, {"from_ms": 9, "to_ms": 10}, {"from_ms": 6, "to_ms": 5}]"#,
        )
        .unwrap();
        let wrong = contradictions(&stretches);
        let wrong: Vec<_> = wrong.iter().map(|one| (one.pointer.as_str(), one.code)).collect();
        assert_eq!(wrong, [("/stretches/1/to_ms", "range"), ("/stretches/3/to_ms", "range")]);
        let last = stretches.iter().last().map(SilentStretch::stretch);
        assert_eq!(last, Some(Stretch { from: 6, to: 5 }));
    }
}
