//! Making parts of a photo unrecognizable before its report goes out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store;
use crate::{
    accounts::policy::Scope,
    checklists::media_type::Form,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    evidence::photos,
    ids::{EvidenceId, VisitId},
    limits::{Several, Whole},
    strict::objects_only,
    visits::{self, state::State},
};

/// A part of a side, in basis points: 2500 is a quarter.
pub type Part = Whole<0, 10_000>;
/// The parts of a photo that are not to be recognized.
pub type Areas = Several<BlurredArea, 0, 50>;

/// A part of a photo, in basis points of its width and height as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct BlurredArea {
    /// How far its left edge is from that of the photo.
    left: Part,
    /// How far its upper edge is from that of the photo.
    top: Part,
    /// How wide it is.
    width: Part,
    /// How high it is.
    height: Part,
}

objects_only!(BlurredArea);

impl BlurredArea {
    /// The same for those who work on photos.
    pub fn area(&self) -> photos::Area {
        let part = |part: &Part| u32::try_from(part.get()).unwrap_or_default();
        photos::Area {
            left: part(&self.left),
            top: part(&self.top),
            width: part(&self.width),
            height: part(&self.height),
        }
    }
}

/// Settles which parts of a photo are made unrecognizable in the copy that goes out, in place of what was settled before.
///
/// # Errors
/// `not_found` if the visit is out of scope or has no such photo; `forbidden` if the visit is the caller's own; `wrong_state` if its
/// report went out, or the caller is to give a second opinion first.
pub fn blur(
    conn: &mut Conn,
    scope: &Scope,
    (visit, file): (VisitId, EvidenceId),
    areas: &Areas,
    now: Instant,
) -> Result<()> {
    let visit = preparing(conn, scope, visit, (file, Form::Image))?;
    store::put_blur(conn, (file, visit), areas, scope.account, now)
}

/// The visit whose report the caller prepares, which has this file of this form.
///
/// # Errors
/// Those of [`blur`].
pub(super) fn preparing(
    conn: &mut Conn,
    scope: &Scope,
    visit: VisitId,
    (file, form): (EvidenceId, Form),
) -> Result<VisitId> {
    let visit = visits::find::visit(conn, scope, visit)?;
    if visit.head.shopper_id == scope.account {
        return Err(
            Error::new(Code::Forbidden).detail("you made this visit: another person prepares its report")
        );
    }
    visits::blind::require_seeing(conn, scope, &visit.head)?;
    if visit.head.state.is_shown() || visit.head.state == State::Withdrawn {
        return Err(Error::new(Code::WrongState).detail("its report went out"));
    }
    let has_it = visit.manifest().iter().any(|one| one.id == file && one.media_type.form() == form);
    if has_it { Ok(visit.head.id) } else { Err(Error::new(Code::NotFound)) }
}
