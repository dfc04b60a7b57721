//! The rows of the tables of figures: what trends and breakdowns say of each place, month by month, under the caller's scope.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    cell::{Cell, percent},
    read::{Hints, Piece, key, placed},
};
use crate::{
    accounts::policy::Scope,
    checklists::counted::Subject,
    db::Conn,
    error::Result,
    ids::BrandId,
    scores::{
        means::Means,
        measured::Measured,
        model::PlaceKind,
        monthly::{MonthPlace, Monthly, MonthsAsked, figures_after},
        subject_name::SubjectName,
        subjects::languages,
        targets::model::Aim,
        titles::Texts,
    },
    texts::Language,
};

/// How a reader is spoken to.
#[derive(Clone)]
pub struct Speech {
    /// The language of our own texts.
    pub ours: Language,
    /// Which of the languages that a text is there in is the reader's, with the languages of its brand to fall back to.
    pub choose: Choose,
}

/// Chooses among the languages that a text is there in.
pub type Choose = Arc<dyn Fn(&[String], &[String]) -> String + Send + Sync>;

fn asked(hints: &Hints) -> MonthsAsked {
    let (from, to) = hints.months("month");
    let kind = hints
        .text("place_kind")
        .and_then(|text| PlaceKind::ALL.iter().copied().find(|kind| kind.as_str() == text));
    MonthsAsked { brand: hints.id("brand_id"), kind, place: hints.id("place_id"), from, to }
}

/// The figures of whole visits.
///
/// # Errors
/// Those of the database.
pub fn scores(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    hints: &Hints,
    after: Option<&str>,
    rows: i64,
) -> Result<Piece> {
    let is_wanted = |subject: &Subject| *subject == Subject::Overall;
    let after = (key::<MonthPlace>(after)?, usize::try_from(rows).unwrap_or_default());
    let found = figures_after(conn, means, scope, (&asked(hints), is_wanted), after)?;
    let row = |one: Monthly| {
        let [id, month, kind, name, brand] = of_place(&one);
        let mut cells = vec![id, month, kind, name, brand];
        cells.extend(measured(&one.figure));
        cells.extend(aimed(&one.figure, one.aim));
        placed(&one.at, cells)
    };
    found.into_iter().map(row).collect()
}

/// The figures of checklists, sides, sections, dimensions, standards and questions.
///
/// # Errors
/// Those of the database.
pub fn subjects(
    conn: &mut Conn,
    (means, speech): (&Means, &Speech),
    scope: &Scope,
    hints: &Hints,
    after: Option<&str>,
    rows: i64,
) -> Result<Piece> {
    let is_wanted = |subject: &Subject| *subject != Subject::Overall && SubjectName::of(subject).is_some();
    let after = (key::<MonthPlace>(after)?, usize::try_from(rows).unwrap_or_default());
    let found = figures_after(conn, means, scope, (&asked(hints), is_wanted), after)?;
    let titles = Titles::of(conn, means, &found)?;
    let row = |one: Monthly| {
        let named = SubjectName::of(&one.subject);
        let of_name = named.as_ref();
        let [id, month, kind, name, brand] = of_place(&one);
        let mut cells = vec![id, month, one.subject.to_string().into(), kind, name, brand];
        cells.extend([
            of_name.map(|name| name.kind.as_str()).into(),
            of_name.and_then(|name| name.checklist_id).into(),
            of_name.and_then(|name| name.side).map(|side| side.as_str()).into(),
            of_name.and_then(|name| name.key.as_ref()).map(|key| key.as_str()).into(),
            titles.say(&one, speech).into(),
        ]);
        let mut figure: Vec<_> = measured(&one.figure).into();
        figure.push(one.is_share.into());
        cells.extend(figure);
        cells.extend(aimed(&one.figure, one.aim));
        placed(&one.at, cells)
    };
    found.into_iter().map(row).collect()
}

fn of_place(one: &Monthly) -> [Cell; 5] {
    let Monthly { place, name, brand, month, .. } = one;
    [place.id().into(), (*month).into(), place.kind().as_str().into(), name.clone().into(), (*brand).into()]
}

fn measured(figure: &Measured) -> [Cell; 7] {
    let Measured { visits, score, interval, statistics, insufficient } = *figure;
    let (low, high) = (interval.map(|ends| ends.low), interval.map(|ends| ends.high));
    [
        visits.into(),
        score.into(),
        percent(score),
        percent(low),
        percent(high),
        statistics.into(),
        insufficient.into(),
    ]
}

fn aimed(figure: &Measured, aim: Option<Aim>) -> [Cell; 4] {
    let (distance, standing) = aim.map(|aim| figure.against(aim)).unwrap_or_default();
    [
        percent(aim.map(|aim| aim.score)),
        aim.map(|aim| aim.of.as_str()).into(),
        percent(distance),
        standing.map(|standing| standing.as_str()).into(),
    ]
}

/// What the subjects of some figures are called, with the languages in which their brands are read.
struct Titles(BTreeMap<BrandId, (Texts, Vec<String>)>);

impl Titles {
    fn of(conn: &mut Conn, means: &Means, figures: &[Monthly]) -> Result<Self> {
        let mut by_brand = BTreeMap::<BrandId, Vec<Subject>>::new();
        for one in figures {
            let subjects = by_brand.entry(one.brand).or_default();
            if !subjects.contains(&one.subject) {
                subjects.push(one.subject.clone());
            }
        }
        let mut titles = BTreeMap::new();
        for (brand, subjects) in by_brand {
            let texts = Texts::read(conn, &means.versions, brand, &subjects)?;
            titles.insert(brand, (texts, languages(conn, brand)?));
        }
        Ok(Self(titles))
    }

    fn say(&self, one: &Monthly, speech: &Speech) -> Option<String> {
        let (texts, fallbacks) = self.0.get(&one.brand)?;
        texts.say(&one.subject, speech.ours, |available| (speech.choose)(available, fallbacks))
    }
}
