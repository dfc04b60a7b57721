//! Making a link to a chart.

use super::{
    model::{ChartFigure, ChartLink, LONGEST, MOST_LINKS},
    store,
};
use crate::{
    accounts::{self, policy::Scope},
    audit::{self, About, AuditKind, Details, Entry},
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    ids::{AccountId, ChartLinkId},
    precondition::{Put, Stored},
    scores::{
        model::{Place, PlaceKind},
        visible::visible,
    },
};

/// What a link is to show.
#[derive(Clone, Debug)]
pub struct NewChartLink {
    /// Its id.
    pub id: ChartLinkId,
    /// The place that the figure is of.
    pub place: Place,
    /// The figure.
    pub figure: ChartFigure,
    /// Its parameters, which can be read.
    pub query: String,
    /// The language that it is in.
    pub language: String,
    /// When the link ends.
    pub expires_at: Instant,
}

impl NewChartLink {
    /// Whether it asks for what there is.
    fn is(&self, old: &ChartLink) -> bool {
        (self.place, self.figure, self.expires_at) == (old.place(), old.figure, old.expires_at)
            && (&self.query, &self.language) == (&old.query, &old.language)
    }
}

/// Makes a link in the caller's own name. The same again changes nothing.
///
/// # Errors
/// `not_found` if the caller does not see the place; `invalid` with what is wrong with it; `conflict` if another link had its id, or the
/// caller has too many.
pub fn put_chart_link(
    conn: &mut Conn,
    scope: &Scope,
    new: NewChartLink,
    now: Instant,
) -> Result<Stored<ChartLink>> {
    let place = visible(conn, scope, new.place)?;
    let epoch = accounts::store::standing_epoch(conn, scope.account)?;
    let epoch = epoch.ok_or_else(|| Error::new(Code::SignInNeeded))?;
    if let Some(old) = store::with_id(conn, new.id)? {
        let is_own = (old.account_id, old.epoch, old.revoked_at) == (scope.account, epoch, None);
        return match is_own && new.is(&old) {
            true => Ok(Stored { put: Put::Keep, thing: old }),
            false => Err(Error::new(Code::Conflict).detail("another link has this id, or had it")),
        };
    }
    if !(now.micros() + 1..=now.plus_seconds(LONGEST).micros()).contains(&new.expires_at.micros()) {
        let why = "a moment to come, at most 90 days from now";
        return Err(Error::invalid(vec![FieldError::new("/expires_at", "range", why)]));
    }
    if store::count_living(conn, scope.account, now)? >= MOST_LINKS {
        let why = format!("an account has {MOST_LINKS} links at most: revoke one");
        return Err(Error::new(Code::Conflict).detail(why));
    }
    let link = ChartLink {
        id: new.id,
        account_id: scope.account,
        epoch,
        brand_id: place.brand,
        place_kind: new.place.kind(),
        place_id: new.place.id(),
        figure: new.figure,
        query: new.query,
        language: new.language,
        expires_at: new.expires_at,
        revoked_at: None,
        revision: 1,
        created_at: now,
    };
    store::insert(conn, &link)?;
    audit::record(conn, entry(AuditKind::ChartLinkMade, &link, scope.account), now)?;
    Ok(Stored { put: Put::Make, thing: link })
}

/// What the audit says of a step with a link.
pub(super) fn entry(kind: AuditKind, link: &ChartLink, by: AccountId) -> Entry {
    let details = Details::default()
        .id("of_account_id", link.account_id)
        .code("figure", link.figure.as_str())
        .code("place", PlaceKind::as_str(link.place_kind))
        .id("place_id", link.place_id)
        .moment("expires_at", Some(link.expires_at));
    Entry::new(kind, (About::ChartLink, link.id), link.revision).by(by).of(link.brand_id).with(details)
}
