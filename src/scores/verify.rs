//! Everything computed anew from the visits, to see whether what is stored is what it must be.

use std::collections::{HashMap, HashSet, hash_map::Entry};

pub use super::difference::{Difference, WrongFigure};
use super::{
    fold::Figured,
    leniency::{self, Again, NotAgain},
    lent,
    model::{Place, PlaceKind, Reader, ShownQuestions},
    recount::{Marked, Recount, Sides},
    shown::Months,
    store,
    vector::{Counts, Vector},
};
use crate::{
    checklists::{self, cache::Version, counted::Subject},
    db::{Conn, Db},
    error::{Error, Result, if_there},
    ids::{BrandId, VersionId},
    months::Period,
    places,
    visits::{self, model::Visit},
};

/// So many visits are held in memory at a time.
const VISITS_AT_ONCE: i64 = 1_000;
/// The visits of so many branches are held in memory at a time.
pub(super) const BRANCHES_AT_ONCE: usize = 20;
/// So many wrong figures are computed again to say what is wrong with them; the others are counted.
const MOST_EXPLAINED: usize = 100;
/// More differences than this are counted, but not listed.
const MOST_LISTED: usize = 10_000;

/// What came of looking at everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many visits there are.
    pub visits: u64,
    /// How many of them count in scores.
    pub counted: u64,
    /// How many rows of figures are stored.
    pub figures: u64,
    /// What differs; the first 10,000.
    pub differences: Vec<Difference>,
    /// How many more differ.
    pub unlisted: u64,
    /// The brands of which it was not computed again how leniently shoppers score, and why. That is no difference.
    pub not_again: Vec<(BrandId, NotAgain)>,
}

impl Verified {
    /// Whether all is as it must be.
    pub fn is_right(&self) -> bool {
        self.differences.is_empty() && self.unlisted == 0
    }

    fn differs(&mut self, difference: Difference) {
        if self.differences.len() < MOST_LISTED {
            self.differences.push(difference);
        } else {
            self.unlisted += 1;
        }
    }
}

/// Computes every visit's score and every figure anew, in one state of the data, and says what differs.
/// `progress` is called now and then with how many visits of how many are done.
///
/// # Errors
/// Those of the database; a difference is no error.
pub async fn verify(
    db: &Db,
    shown: ShownQuestions,
    mut progress: impl FnMut(u64, u64) + Send + 'static,
) -> Result<Verified> {
    db.snapshot(move |conn| check(conn, shown, &mut progress, &mut |_, _| Ok(()))).await
}

/// The same inside a transaction; `look` is given all visits as well, page by page in the order of their ids.
///
/// # Errors
/// Those of the database, and those of `look`.
pub fn check(
    conn: &mut Conn,
    shown: ShownQuestions,
    progress: &mut impl FnMut(u64, u64),
    look: &mut impl FnMut(&mut Conn, &[Visit]) -> Result<()>,
) -> Result<Verified> {
    let mut check = Check::new(shown);
    check.visits(conn, progress, look)?;
    check.figures(conn)?;
    check.shown_figures(conn)?;
    for (brand, number) in lent::wrong(conn)? {
        check.verified.differs(Difference::Lent { brand, number });
    }
    for (brand, number, came) in leniency::again(conn)? {
        match came {
            Again::Right => {}
            Again::Wrong => check.verified.differs(Difference::Leniency { brand, number }),
            Again::Not(why) => check.verified.not_again.push((brand, why)),
        }
    }
    Ok(check.verified)
}

struct Check {
    verified: Verified,
    versions: HashMap<VersionId, Option<Version>>,
    recount: Recount,
    shown: ShownQuestions,
}

impl Check {
    fn new(shown: ShownQuestions) -> Self {
        Self { shown, verified: Verified::default(), versions: HashMap::new(), recount: Recount::default() }
    }

    fn visits(
        &mut self,
        conn: &mut Conn,
        progress: &mut impl FnMut(u64, u64),
        look: &mut impl FnMut(&mut Conn, &[Visit]) -> Result<()>,
    ) -> Result<()> {
        let total = u64::try_from(visits::store::count(conn)?).map_err(Error::internal)?;
        let mut after = None;
        loop {
            progress(self.verified.visits, total);
            let page = visits::store::page(conn, after, VISITS_AT_ONCE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.head.id);
            let sides = Sides::of(conn, &page, self.shown)?;
            for visit in &page {
                self.visit(conn, visit, &sides)?;
            }
            look(conn, &page)?;
        }
    }

    fn visit(&mut self, conn: &mut Conn, visit: &Visit, sides: &Sides) -> Result<()> {
        let Visit { head, content, .. } = visit;
        let (id, content) = (head.id, &content.0);
        self.verified.visits += 1;
        self.verified.counted += u64::from(head.state.is_counted());
        let hash = visit.recomputed_hash().ok();
        if hash != Some(head.content_hash) {
            let (stored, recomputed) = (head.content_hash, hash);
            self.verified.differs(Difference::Content { visit: id, stored, recomputed });
        }
        let Some(version) = version(&mut self.versions, conn, head.version_id)? else {
            self.verified.differs(Difference::NoVersion { visit: id, version: head.version_id });
            return Ok(());
        };
        let (stored, recomputed) = (head.score, content.score(&version.prepared));
        if stored != recomputed {
            self.verified.differs(Difference::Score { visit: id, stored, recomputed });
        }
        for (reader, counted) in sides.counts(visit, version) {
            self.recount.count(reader, &counted);
        }
        Ok(())
    }

    fn figures(&mut self, conn: &mut Conn) -> Result<()> {
        // If one row of a brand cannot be read, the right values of the brand's other figures are not known.
        let mut unreadable = HashSet::new();
        for change in store::changes::all(conn)? {
            let of = (change.brand_id, change.branch_id, change.month);
            match change.scores() {
                Ok(scores) => self.recount.changed(change.reader, of, &scores),
                Err(_) => {
                    unreadable.insert(change.brand_id);
                    let (place, months) = (Place::Branch(change.branch_id), (change.month, change.month));
                    self.cannot_read(place, change.brand_id, change.reader, months);
                }
            }
        }
        for brand in checklists::store::wrongly_numbered(conn)? {
            self.verified.differs(Difference::Subjects { brand });
        }
        self.recount.spread(|branch| places::moves::store::stays(conn, branch))?;
        let mut after = None;
        loop {
            let page = store::page(conn, after)?;
            let Some(last) = page.last() else { break };
            after = Some(last.of().place);
            self.verified.figures += page.len() as u64;
            for row in &page {
                let of = row.of();
                match row.scores() {
                    Ok(scores) => self.recount.stored(of, &scores),
                    Err(_) => {
                        unreadable.insert(of.brand);
                        self.cannot_read(of.of_place(), of.brand, of.reader, (of.month, of.month));
                    }
                }
            }
        }
        let mut wrong = self.recount.wrong();
        wrong.retain(|of| !unreadable.contains(&of.brand));
        for of in wrong.iter().take(MOST_EXPLAINED) {
            self.explain(conn, *of)?;
        }
        self.verified.unlisted += wrong.len().saturating_sub(MOST_EXPLAINED) as u64;
        Ok(())
    }

    fn cannot_read(&mut self, place: Place, brand: BrandId, reader: Reader, months: Months) {
        self.verified.differs(Difference::Unreadable { place, brand, reader, months });
    }

    /// Says of each subject of a place and month what is stored and what its visits give.
    fn explain(&mut self, conn: &mut Conn, of: Figured) -> Result<()> {
        let (place, stored) = (of.of_place(), store::of(conn, of)?);
        let mut recomputed = Vector::default();
        let Some(month) = Period::new(of.month, of.month) else { return Ok(()) };
        for some in store::branches_of(conn, place, month)?.chunks(BRANCHES_AT_ONCE) {
            let visits = visits::store::counted_of(conn, some, Some(of.month))?;
            let sides = Sides::of(conn, &visits, self.shown)?;
            for visit in visits.iter().filter(|visit| visit.head.brand_id == of.brand) {
                let Some(version) = version(&mut self.versions, conn, visit.head.version_id)? else {
                    continue;
                };
                let counted = sides.counts(visit, version).into_iter();
                let own = counted.filter(|(reader, _)| *reader == of.reader);
                recomputed = own.fold(recomputed, |all, (_, counted)| all.plus(&counted.scores));
            }
        }
        let names = checklists::store::subjects::of_brand(conn, of.brand)?;
        for (number, _) in stored.plus(&recomputed.clone().taken_out(0)).iter() {
            let subject = names.get(&number).map_or_else(|| format!("subject {number}"), Subject::to_string);
            self.verified.differs(Difference::Figure(WrongFigure {
                place,
                brand: of.brand,
                reader: of.reader,
                subject,
                month: of.month,
                stored: stored.get(number).sums,
                recomputed: recomputed.get(number).sums,
            }));
        }
        Ok(())
    }

    /// What is shown of regions and brands, without what is shown of their branches: nothing is left where all is right.
    fn shown_figures(&mut self, conn: &mut Conn) -> Result<()> {
        let mut marked = Marked::<Months>::default();
        let mut after = None;
        while let page = store::shown::page(conn, after)?
            && let Some(last) = page.last()
        {
            after = Some(last.place_id);
            for row in &page {
                let Ok(figures) = row.figures() else {
                    self.cannot_read(row.place(), row.brand_id, Reader::BranchSide, row.months());
                    continue;
                };
                let mark = self.recount.marks.of(figures.iter().map(|(subject, figure)| {
                    (*subject, Counts { sums: figure.sums, changes: figure.known })
                }));
                match row.place() {
                    place @ Place::Branch(_) => marked.add(place, row.brand_id, row.months(), mark),
                    place => marked.take(place, row.brand_id, row.months(), mark),
                }
            }
        }
        // A branch lies in the same regions in all months of a span.
        marked.spread(|(from, _)| Some(from), |branch| places::moves::store::stays(conn, branch))?;
        let above = marked.left().into_iter().filter(|(place, ..)| place.kind() != PlaceKind::Branch);
        for (place, brand, months) in above {
            self.verified.differs(Difference::Shown { place, brand, months });
        }
        Ok(())
    }
}

/// The version with this id, if it is there; each is read once.
pub(super) fn version<'v>(
    known: &'v mut HashMap<VersionId, Option<Version>>,
    conn: &mut Conn,
    id: VersionId,
) -> Result<Option<&'v Version>> {
    let version = match known.entry(id) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(free) => free.insert(if_there(checklists::store::version(conn, id))?),
    };
    Ok(version.as_ref())
}
