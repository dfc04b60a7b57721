//! The statements about the numbers of subjects.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::{dsl::max, prelude::*};

use crate::{
    checklists::counted::{Subject, SubjectNumber},
    db::{Conn, schema::subject},
    error::{Error, Result},
    ids::BrandId,
};

/// So many names go into one statement.
const NAMES_AT_ONCE: usize = 1_000;

/// These subjects of a brand, each with its number.
///
/// # Errors
/// `internal` if one has none.
pub(super) fn numbered(
    conn: &mut Conn,
    brand: BrandId,
    subjects: Vec<Subject>,
) -> Result<Vec<(SubjectNumber, Subject)>> {
    let numbers = numbers(conn, brand, &names(&subjects))?;
    let numbered = |subject: Subject| {
        let number = numbers.get(&subject.to_string()).copied();
        number.map(|number| (number, subject)).ok_or_else(|| Error::internal("a subject without a number"))
    };
    subjects.into_iter().map(numbered).collect()
}

/// Whether a published checklist of the brand asks about the subject; about whole visits each brand is asked.
///
/// # Errors
/// Those of the database.
pub fn has(conn: &mut Conn, brand: BrandId, subject: &Subject) -> Result<bool> {
    Ok(*subject == Subject::Overall || !numbers(conn, brand, &[subject.to_string()])?.is_empty())
}

/// Gives a number to each of these subjects of a brand that has none yet.
pub fn number(conn: &mut Conn, brand: BrandId, subjects: &[Subject]) -> Result<()> {
    let mut names = names(subjects);
    let known = numbers(conn, brand, &names)?;
    let mut new = HashSet::new();
    names.retain(|name| !known.contains_key(name) && new.insert(name.clone()));
    let last: Option<i32> =
        subject::table.filter(subject::brand_id.eq(brand)).select(max(subject::number)).first(conn)?;
    let first = last.unwrap_or(SubjectNumber::OVERALL.get()) + 1;
    for (number, name) in (first..).zip(names) {
        let values = (subject::brand_id.eq(brand), subject::number.eq(number), subject::name.eq(name));
        diesel::insert_into(subject::table).values(values).execute(conn)?;
    }
    Ok(())
}

/// The subjects of a brand by their numbers, with [`Subject::Overall`], which every brand has.
pub fn of_brand(conn: &mut Conn, brand: BrandId) -> Result<HashMap<SubjectNumber, Subject>> {
    let subject = |(number, name): (i32, String)| Some((SubjectNumber::new(number), Subject::parse(&name)?));
    let overall = [(SubjectNumber::OVERALL, Subject::Overall)].into_iter();
    Ok(overall.chain(kept(conn, brand)?.into_iter().filter_map(subject)).collect())
}

/// The subjects of a brand and their numbers, as they are kept.
pub(super) fn kept(conn: &mut Conn, brand: BrandId) -> Result<BTreeMap<i32, String>> {
    let of_brand = subject::table.filter(subject::brand_id.eq(brand));
    Ok(of_brand.select((subject::number, subject::name)).load(conn)?.into_iter().collect())
}

/// The brands that have numbered subjects.
pub(super) fn brands(conn: &mut Conn) -> Result<Vec<BrandId>> {
    Ok(subject::table.select(subject::brand_id).distinct().load(conn)?)
}

fn names(subjects: &[Subject]) -> Vec<String> {
    subjects.iter().map(Subject::to_string).collect()
}

fn numbers(conn: &mut Conn, brand: BrandId, names: &[String]) -> Result<HashMap<String, SubjectNumber>> {
    let mut numbers = HashMap::with_capacity(names.len());
    for names in names.chunks(NAMES_AT_ONCE) {
        let rows: Vec<(String, i32)> = subject::table
            .filter(subject::brand_id.eq(brand))
            .filter(subject::name.eq_any(names))
            .select((subject::name, subject::number))
            .load(conn)?;
        numbers.extend(rows.into_iter().map(|(name, number)| (name, SubjectNumber::new(number))));
    }
    Ok(numbers)
}
