//! Slices: the visits behind a figure, divided by the day of the week, by the time of day or by campaign. They are counted one by one.

use std::collections::{BTreeMap, HashMap};

use super::{
    by_visit::{self, Seen},
    lent::Lent,
    model::{Place, Reader},
    shown::Shown,
    statistics::{Spread, Sums},
    store::Listed,
    visible::{Visible, visible},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    calendar::Weekday,
    checklists::counted::Subject,
    db::Conn,
    error::{Error, FieldError, Result},
    fieldwork::campaigns,
    ids::CampaignId,
};

/// By what visits are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SliceKind {
    /// By the day of the week. On the branch's side a visit of which the report shows a week is in no slice.
    Weekday,
    /// By the hour in which the visit began, by the clocks at the branch: for desks.
    Hour,
    /// By the campaign that wanted the visit.
    Campaign,
}

/// What some visits have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slice {
    /// The day of the week.
    Weekday(Weekday),
    /// The hour, 0 to 23.
    Hour(i8),
    /// The campaign; none of visits that no campaign wanted.
    Campaign(Option<CampaignId>),
}

impl Slice {
    fn of(kind: SliceKind, seen: &Seen) -> Option<Self> {
        match kind {
            SliceKind::Weekday => seen.weekday.map(Self::Weekday),
            SliceKind::Hour => seen.hour.map(Self::Hour),
            SliceKind::Campaign => Some(Self::Campaign(seen.campaign)),
        }
    }
}

/// What is shown of one slice.
#[derive(Clone, Copy, Debug)]
pub struct OfSlice {
    /// The slice.
    pub slice: Slice,
    /// For the days that are wanted.
    pub now: Shown,
    /// For as many right before.
    pub before: Sums,
}

/// The figure of a place, slice by slice.
#[derive(Debug)]
pub struct Slices {
    /// The place.
    pub place: Visible,
    /// Those that have visits, in their order.
    pub rows: Vec<OfSlice>,
    /// How far visits scatter.
    pub spread: Spread,
    /// The number of the brand's statistics by which that is known; none if the brand lends nothing.
    pub number: Option<i64>,
    /// What the campaigns are called; nothing for the branch's side, which does not read campaigns.
    pub campaigns: HashMap<CampaignId, String>,
}

/// What whole visits scored that are wanted of a place, slice by slice: also of whole months they are counted one by one, and on the branch's side they are those
/// whose reports the caller can read.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope; `invalid` if the branch's side asks for the time of day, or more visits are to be counted
/// than can be.
pub fn slices(
    conn: &mut Conn,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
    kind: SliceKind,
) -> Result<Slices> {
    let place = visible(conn, scope, place)?;
    if (kind, place.reader) == (SliceKind::Hour, Reader::BranchSide) {
        let why = "the time of day is for desks";
        return Err(Error::invalid(vec![FieldError::new("by", "not_for_the_branch", why)]));
    }
    let now = sums(conn, &place, wanted, kind)?;
    let before = match wanted.before() {
        Some(before) => sums(conn, &place, &before, kind)?,
        None => BTreeMap::new(),
    };
    let before = |slice: &Slice| place.shows(before.get(slice).copied().unwrap_or_default()).sums;
    let rows: Vec<_> = now
        .into_iter()
        .map(|(slice, sums)| OfSlice { slice, now: place.shows(sums), before: before(&slice) })
        .collect();
    let named = rows.iter().filter_map(|row| match row.slice {
        Slice::Campaign(id) => id,
        Slice::Weekday(_) | Slice::Hour(_) => None,
    });
    let campaigns = match place.reader {
        Reader::Desk => campaigns::store::names(conn, named.collect())?,
        Reader::BranchSide => HashMap::new(),
    };
    let lent = Lent::by(conn, place.brand)?;
    let spread = lent.spread(&Subject::Overall, place.place.extent(), wanted.months());
    Ok(Slices { rows, number: lent.number(&spread), spread, campaigns, place })
}

fn sums(conn: &mut Conn, place: &Visible, wanted: &Wanted, kind: SliceKind) -> Result<BTreeMap<Slice, Sums>> {
    let mut by_slice = BTreeMap::<_, Sums>::new();
    let listed = Listed::ByMonths(wanted.touched());
    by_visit::each(conn, place, (listed, None), wanted, |_, seen| {
        for one in seen {
            if let Some((slice, sums)) = Slice::of(kind, &one).zip(one.sums()) {
                let all = by_slice.entry(slice).or_default();
                *all = all.plus(sums);
            }
        }
        Ok(())
    })?;
    Ok(by_slice)
}
