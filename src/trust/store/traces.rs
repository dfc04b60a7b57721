//! The rows by which visits are found again: where their shoppers were, how their photos look, what their texts say.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::ROWS_AT_ONCE;
use crate::{
    db::{
        Conn,
        engine::each_engine,
        pieces::pieces,
        schema::{branch, evidence, photo_look, trust_look, visit, visit_text_band},
        types::Instant,
    },
    error::Result,
    evidence::photos::Look,
    ids::{AccountId, EvidenceId, VisitId},
    seals::salted::Salt,
    trust::{
        model::{Summary, Weight},
        photos::{OtherFile, OtherPhoto, VisitFile, bands, from_bands, near},
        place::{APART, Fix, Point, Stay},
    },
};

/// So many photos that may look like one are read, of each band: what looks like so many others says nothing.
const MOST_CANDIDATES: i64 = 500;
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
    number: i32,
    revision: i32,
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

impl NewLook {
    /// One that has found nothing yet.
    fn begun(shopper: AccountId, number: i32, revision: i32, stay: &Stay) -> Self {
        let Stay { visit, from, to, fix, .. } = *stay;
        Self {
            visit_id: visit,
            number,
            revision,
            shopper_id: shopper,
            started_at: from,
            ended_at: to,
            latitude: fix.map(|fix| fix.point.latitude),
            longitude: fix.map(|fix| fix.point.longitude),
            accuracy_m: fix.map(|fix| fix.accuracy_m.ceil() as i32), // at most `place::WORST_ACCURACY_M`
            flags: 0,
            weight: None,
            looked_at: None,
        }
    }
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

/// Begins a look at a visit in this revision, by whose stay others find the visit; whether it was not begun before.
pub fn insert_look(
    conn: &mut Conn,
    shopper: AccountId,
    number: i32,
    revision: i32,
    stay: &Stay,
) -> Result<bool> {
    let look = NewLook::begun(shopper, number, revision, stay);
    let inserted = each_engine!(conn, c => diesel::insert_into(trust_look::table)
        .values(look)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// A look at a visit of the past, which is finished.
#[derive(Clone, Debug)]
pub struct PastLook {
    /// Who made the visit.
    pub shopper: AccountId,
    /// Where its shopper was, and when.
    pub stay: Stay,
    /// What was found.
    pub found: Summary,
    /// When that was.
    pub looked_at: Instant,
    /// Of what may have to be erased.
    pub salt: Salt,
}

/// Keeps looks of the past, which go into the ledger in the same transaction. Each is the first one at its visit.
pub fn insert_past(conn: &mut Conn, past: Vec<PastLook>) -> Result<()> {
    for piece in pieces(past) {
        let rows = piece.into_iter().map(|PastLook { shopper, stay, found, looked_at, salt }| {
            let begun = NewLook::begun(shopper, 0, 0, &stay);
            let Summary { flags, weight } = found;
            let look = NewLook { flags, weight, looked_at: Some(looked_at), ..begun };
            (look, trust_look::salt.eq(Some(salt.to_bytes().to_vec())), trust_look::sealed.eq(true))
        });
        let rows: Vec<_> = rows.collect();
        each_engine!(conn, c => diesel::insert_into(trust_look::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Adds how photos look; what an earlier look left is there.
pub fn insert_photos(conn: &mut Conn, looks: &[(EvidenceId, Look)]) -> Result<()> {
    let rows: Vec<_> = looks.iter().map(|(file, look)| photo_row(*file, *look)).collect();
    for rows in rows.chunks(ROWS_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(photo_look::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

fn photo_row(evidence_id: EvidenceId, look: Look) -> NewPhotoLook {
    let [a, b, c, d] = bands(look);
    NewPhotoLook { evidence_id, a, b, c, d }
}

/// Adds the digests of a visit's texts; what an earlier look left is there.
pub fn insert_bands(conn: &mut Conn, visit: VisitId, bands: &BTreeSet<i64>) -> Result<()> {
    let rows: Vec<_> = bands.iter().map(|hash| NewTextBand { hash: *hash, visit_id: visit }).collect();
    for rows in rows.chunks(ROWS_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(visit_text_band::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Where else the same shopper was at about that time, by the visits that have left traces: a visit has one stay in all looks at
/// it.
pub fn stays_beside(conn: &mut Conn, shopper: AccountId, stay: &Stay) -> Result<Vec<Stay>> {
    type Row = (VisitId, Instant, Instant, Option<f64>, Option<f64>, Option<i32>, Option<f64>, Option<f64>);
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
        .distinct()
        .load(conn)?;
    let stay = |(visit, from, to, north, east, accuracy, latitude, longitude): Row| {
        let point = |(latitude, longitude)| Point { latitude, longitude };
        let (branch, point) = (latitude.zip(longitude).map(point), north.zip(east).map(point));
        let fix = point.zip(accuracy).map(|(point, accuracy)| Fix { point, accuracy_m: f64::from(accuracy) });
        Stay { visit, from, to, branch, fix }
    };
    Ok(rows.into_iter().map(stay).collect())
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

/// Photos of other visits that may look like this one: those that have a band in common with it, or nearly so.
pub fn photos_like(conn: &mut Conn, visit: VisitId, look: Look) -> Result<Vec<OtherPhoto>> {
    type Row = (EvidenceId, (i32, i32, i32, i32), VisitId, AccountId);
    let [a, b, c, d] = bands(look);
    let mut found: Vec<Row> = Vec::new();
    macro_rules! with_band_near {
        ($column:ident, $band:expr) => {
            found.extend(
                photo_look::table
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
                    .load::<Row>(conn)?,
            );
        };
    }
    with_band_near!(a, a);
    with_band_near!(b, b);
    with_band_near!(c, c);
    with_band_near!(d, d);
    let photo = |(id, (a, b, c, d), visit, shopper)| OtherPhoto {
        file: OtherFile { id, visit, shopper },
        look: from_bands([a, b, c, d]),
    };
    Ok(found.into_iter().map(photo).collect())
}

/// Other visits that have one of these digests of a text.
pub fn with_bands(conn: &mut Conn, visit: VisitId, bands: &[i64]) -> Result<Vec<VisitId>> {
    Ok(visit_text_band::table
        .filter(visit_text_band::hash.eq_any(bands.to_vec()))
        .filter(visit_text_band::visit_id.ne(visit))
        .limit(MOST_CANDIDATES)
        .select(visit_text_band::visit_id)
        .load(conn)?)
}
