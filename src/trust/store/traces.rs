//! By what visits are found again, and finding them: where their shoppers were, how their photos look, what they say.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::ROWS_AT_ONCE;
use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{branch, evidence, photo_look, trust_look, visit, visit_text_band},
        types::Instant,
    },
    error::Result,
    evidence::photos::Look,
    ids::{AccountId, EvidenceId, VisitId},
    trust::{
        model::Weight,
        photos::{VisitFile, bands, from_bands, most_differing, near},
        place::{APART, Point, Stay},
        text::BANDS,
    },
    visits::{self, model::Visit},
};

/// So many photos that may look like one are measured, of each band: what looks like so many others tells nothing.
const MOST_CANDIDATES: i64 = 500;
/// So many visits that may have a text in common with one are read.
const MOST_TEXTS: usize = 10;
/// So many other visits of a shopper are compared with one.
const MOST_STAYS: i64 = 20;

/// By what later looks find a visit.
#[derive(Clone, Debug)]
pub struct Traces {
    /// Where its shopper was, and when.
    pub stay: Stay,
    /// How its photos look.
    pub looks: Vec<(EvidenceId, Look)>,
    /// The digests of its texts.
    pub bands: BTreeSet<i64>,
}

#[derive(Insertable)]
#[diesel(table_name = trust_look, treat_none_as_default_value = false)]
struct NewLook {
    visit_id: VisitId,
    shopper_id: AccountId,
    started_at: Instant,
    ended_at: Instant,
    latitude: Option<f64>,
    longitude: Option<f64>,
    accuracy_m: Option<i32>,
    flags: i32,
    weight: Option<Weight>,
    looked_at: Option<Instant>,
}

#[derive(Insertable)]
#[diesel(table_name = photo_look, treat_none_as_default_value = false)]
struct NewPhotoLook {
    evidence_id: EvidenceId,
    a: i32,
    b: i32,
    c: i32,
    d: i32,
}

#[derive(Insertable)]
#[diesel(table_name = visit_text_band, treat_none_as_default_value = false)]
struct NewTextBand {
    hash: i64,
    visit_id: VisitId,
}

/// Keeps by what later looks find a visit. It is done before the visit itself is looked at: so of two that are looked
/// at in one moment, one at least sees the other.
pub fn leave_traces(conn: &mut Conn, shopper: AccountId, traces: &Traces) -> Result<()> {
    let Stay { visit, from, to, fix, .. } = traces.stay;
    let look = NewLook {
        visit_id: visit,
        shopper_id: shopper,
        started_at: from,
        ended_at: to,
        latitude: fix.map(|(point, _)| point.latitude),
        longitude: fix.map(|(point, _)| point.longitude),
        accuracy_m: fix.map(|(_, accuracy)| accuracy.ceil() as i32), // at most `place::WORST_ACCURACY_M`
        flags: 0,
        weight: None,
        looked_at: None,
    };
    let first = each_engine!(conn, c => diesel::insert_into(trust_look::table)
        .values(look)
        .on_conflict_do_nothing()
        .execute(c))?;
    // They are all there if one of them is.
    if first == 0 {
        return Ok(());
    }
    let looks: Vec<_> = traces.looks.iter().map(|(file, look)| photo_row(*file, *look)).collect();
    for rows in looks.chunks(ROWS_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(photo_look::table).values(rows).execute(c))?;
    }
    let bands = traces.bands.iter().map(|hash| NewTextBand { hash: *hash, visit_id: visit });
    for rows in bands.collect::<Vec<_>>().chunks(ROWS_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(visit_text_band::table).values(rows).execute(c))?;
    }
    Ok(())
}

fn photo_row(evidence_id: EvidenceId, look: Look) -> NewPhotoLook {
    let [a, b, c, d] = bands(look);
    NewPhotoLook { evidence_id, a, b, c, d }
}

/// Where else the same shopper was at about that time, by the visits that have left traces.
pub fn stays_beside(conn: &mut Conn, shopper: AccountId, stay: &Stay) -> Result<Vec<Stay>> {
    type Row = (VisitId, Instant, Instant, Option<f64>, Option<f64>, Option<i32>, f64, f64);
    let rows: Vec<Row> = trust_look::table
        .inner_join(visit::table.on(visit::id.eq(trust_look::visit_id)))
        .inner_join(branch::table.on(branch::id.eq(visit::branch_id)))
        .filter(trust_look::shopper_id.eq(shopper))
        .filter(trust_look::started_at.between(stay.from.plus_seconds(-APART), stay.to.plus_seconds(APART)))
        .filter(trust_look::visit_id.ne(stay.visit))
        .order((trust_look::started_at, trust_look::visit_id))
        .limit(MOST_STAYS)
        .select((
            trust_look::visit_id,
            trust_look::started_at,
            trust_look::ended_at,
            trust_look::latitude,
            trust_look::longitude,
            trust_look::accuracy_m,
            branch::latitude,
            branch::longitude,
        ))
        .load(conn)?;
    let stay = |(visit, from, to, north, east, accuracy, latitude, longitude): Row| {
        let point = north.zip(east).map(|(latitude, longitude)| Point { latitude, longitude });
        let fix = point.zip(accuracy.map(f64::from));
        Stay { visit, from, to, branch: Point { latitude, longitude }, fix }
    };
    Ok(rows.into_iter().map(stay).collect())
}

/// A file of another visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherFile {
    /// The file.
    pub id: EvidenceId,
    /// Its visit.
    pub visit: VisitId,
    /// Who sent it.
    pub shopper: AccountId,
}

/// The same bytes, if they came before with another visit that has arrived.
pub fn seen_before(conn: &mut Conn, visit: VisitId, file: &VisitFile) -> Result<Option<OtherFile>> {
    let its_visit = visit::id.eq(evidence::visit_id).and(visit::shopper_id.eq(evidence::shopper_id));
    let as_early = evidence::kept_at.eq(file.kept_at).and(evidence::id.lt(file.id));
    let found = evidence::table
        .inner_join(visit::table.on(its_visit))
        .filter(evidence::sha256.eq(file.sha256))
        .filter(evidence::visit_id.ne(visit))
        .filter(evidence::kept_at.lt(file.kept_at).or(as_early))
        .select((evidence::id, evidence::visit_id, evidence::shopper_id))
        .first(conn)
        .optional()?;
    Ok(found.map(|(id, visit, shopper)| OtherFile { id, visit, shopper }))
}

/// The photo of another visit that looks most like this one, of this visit and shopper, with in how many bits they
/// differ; none if none is alike.
pub fn most_alike(
    conn: &mut Conn,
    (visit, own): (VisitId, AccountId),
    look: Look,
) -> Result<Option<(OtherFile, u32)>> {
    type Row = (EvidenceId, (i32, i32, i32, i32), VisitId, AccountId);
    let [a, b, c, d] = bands(look);
    let mut best: Option<(OtherFile, u32)> = None;
    macro_rules! measure {
        ($column:ident, $band:expr) => {
            let rows: Vec<Row> = photo_look::table
                .inner_join(evidence::table.on(evidence::id.eq(photo_look::evidence_id)))
                .filter(photo_look::$column.eq_any(near($band)))
                .filter(evidence::visit_id.ne(visit))
                .limit(MOST_CANDIDATES)
                .select((
                    photo_look::evidence_id,
                    (photo_look::a, photo_look::b, photo_look::c, photo_look::d),
                    evidence::visit_id,
                    evidence::shopper_id,
                ))
                .load(conn)?;
            for (id, (a, b, c, d), visit, shopper) in rows {
                let distance = look.distance(from_bands([a, b, c, d]));
                let alike = distance <= most_differing(shopper == own);
                if alike && best.is_none_or(|(_, least)| distance < least) {
                    best = Some((OtherFile { id, visit, shopper }, distance));
                }
            }
        };
    }
    measure!(a, a);
    measure!(b, b);
    measure!(c, c);
    measure!(d, d);
    Ok(best)
}

/// Other visits that have the most of these digests, which may have a text in common with the one.
pub fn resembling(conn: &mut Conn, visit: VisitId, bands: &BTreeSet<i64>) -> Result<Vec<Visit>> {
    let mut common: HashMap<VisitId, usize> = HashMap::new();
    let bands: Vec<i64> = bands.iter().copied().collect();
    // Text by text, so that one that many wrote does not crowd out the others.
    for bands in bands.chunks(BANDS) {
        let found: Vec<VisitId> = visit_text_band::table
            .filter(visit_text_band::hash.eq_any(bands.to_vec()))
            .filter(visit_text_band::visit_id.ne(visit))
            .limit(MOST_CANDIDATES)
            .select(visit_text_band::visit_id)
            .load(conn)?;
        found.into_iter().for_each(|visit| *common.entry(visit).or_default() += 1);
    }
    let mut common: Vec<_> = common.into_iter().collect();
    common.sort_unstable_by_key(|(visit, count)| (std::cmp::Reverse(*count), *visit));
    let most: Vec<_> = common.into_iter().take(MOST_TEXTS).map(|(visit, _)| visit).collect();
    if most.is_empty() { Ok(Vec::new()) } else { visits::store::with_ids(conn, &most) }
}
