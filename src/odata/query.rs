//! What a caller asks of a table: its system query options (OData 4.0, URL Conventions, 5.1).

use super::{
    apply::Apply,
    condition::Condition,
    model::Table,
    refusals::{not_supported, wrong},
};
use crate::error::Result;

/// A table is sorted by so many columns at most.
const MOST_ORDERS: usize = 4;
/// No number of rows is greater.
const MOST_ROWS: u64 = 1_000_000_000;

/// How much is said about the answer itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metadata {
    /// Nothing.
    None,
    /// The context, and where it goes on.
    #[default]
    Minimal,
    /// Also of each row its type and its id.
    Full,
}

/// By which column rows are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Where the column stands.
    pub column: usize,
    /// Whether the greatest comes first.
    pub descends: bool,
}

/// What is asked of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Where the wanted columns stand; all of them, if none are named.
    pub select: Option<Vec<usize>>,
    /// Which rows.
    pub filter: Option<Condition>,
    /// What is made of the rows, in place of them.
    pub apply: Option<Apply>,
    /// In which order.
    pub orders: Vec<Order>,
    /// How many rows at most.
    pub top: Option<u64>,
    /// How many rows are left out at the beginning.
    pub skip: u64,
    /// Whether to say how many rows there are.
    pub count: bool,
    /// What is said about the answer itself.
    pub metadata: Option<Metadata>,
    /// Where to go on.
    pub token: Option<String>,
}

impl Query {
    /// Reads what is asked of a table.
    ///
    /// # Errors
    /// `malformed_request` with what cannot be read; `not_supported` with the name of what is not supported.
    pub fn parse<'q>(options: impl IntoIterator<Item = (&'q str, &'q str)>, table: &Table) -> Result<Self> {
        let mut query = Self::default();
        let mut seen = Vec::new();
        for (name, value) in options {
            if seen.contains(&name) {
                return Err(wrong(format!("{} is there twice", name.chars().take(60).collect::<String>())));
            }
            seen.push(name);
            match name {
                "$select" => query.select = select(value, table)?,
                "$filter" => query.filter = Some(Condition::parse(value, table)?),
                "$apply" => query.apply = Some(Apply::parse(value, table)?),
                "$orderby" => query.orders = orders(value, table)?,
                "$top" => query.top = Some(number(name, value)?),
                "$skip" => query.skip = number(name, value)?,
                "$count" => query.count = whether(name, value)?,
                "$format" => query.metadata = Some(format(value)?),
                "$skiptoken" => query.token = Some(value.to_owned()),
                other => return Err(not_supported(other)),
            }
        }
        let beside = seen.iter().find(|name| !["$apply", "$format"].contains(*name));
        match (&query.apply, beside) {
            (Some(_), Some(name)) => Err(not_supported(&format!("{name} beside $apply"))),
            _ => Ok(query),
        }
    }
}

fn select(value: &str, table: &Table) -> Result<Option<Vec<usize>>> {
    if value.trim() == "*" {
        return Ok(None);
    }
    let mut columns = Vec::new();
    for name in value.split(',').map(str::trim) {
        let column = column("$select", name, table)?;
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    Ok(Some(columns))
}

fn orders(value: &str, table: &Table) -> Result<Vec<Order>> {
    let order = |one: &str| {
        let mut words = one.split_whitespace();
        let column = column("$orderby", words.next().unwrap_or_default(), table)?;
        let descends = match (words.next(), words.next()) {
            (None | Some("asc"), None) => false,
            (Some("desc"), None) => true,
            _ => {
                return Err(wrong("$orderby has names of columns, each with asc, desc or nothing behind it"));
            }
        };
        Ok(Order { column, descends })
    };
    let orders = value.split(',').map(order).collect::<Result<Vec<_>>>()?;
    if orders.len() > MOST_ORDERS {
        return Err(wrong(format!("$orderby has {MOST_ORDERS} columns at most")));
    }
    Ok(orders)
}

fn column(option: &str, name: &str, table: &Table) -> Result<usize> {
    if name.contains(['/', '(', '$']) {
        return Err(not_supported(&format!("{name} in {option}")));
    }
    let found = table.column(name);
    found.ok_or_else(|| wrong(format!("{option} names something that is no column of {}", table.set)))
}

fn number(name: &str, value: &str) -> Result<u64> {
    let number = value.parse().ok().filter(|number| *number <= MOST_ROWS);
    number.ok_or_else(|| wrong(format!("{name} is a whole number from 0 to {MOST_ROWS}")))
}

fn whether(name: &str, value: &str) -> Result<bool> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(wrong(format!("{name} is true or false"))),
    }
}

fn format(value: &str) -> Result<Metadata> {
    let value = value.to_ascii_lowercase();
    match value.as_str() {
        "json" => Ok(Metadata::Minimal),
        other if other.starts_with("application/json") => Ok(wished(other).unwrap_or_default()),
        other => Err(not_supported(&format!("$format={other}"))),
    }
}

/// How much a media type asks to be said about the answer itself, if it says so.
pub fn wished(media_type: &str) -> Option<Metadata> {
    let media_type = media_type.to_ascii_lowercase();
    let (_, level) = media_type.split_once("odata.metadata=")?;
    match level.split([';', ',', ' ']).next()? {
        "none" => Some(Metadata::None),
        "full" => Some(Metadata::Full),
        _ => Some(Metadata::Minimal),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{error::Code, odata::model::VISITS};

    fn parsed(name: &str, value: &str) -> Result<Query> {
        Query::parse([(name, value)], &VISITS)
    }

    #[test]
    fn options_are_read() {
        let options = [
            ("$select", "score, id,score"),
            ("$orderby", "score desc,received_at"),
            ("$top", "10"),
            ("$skip", "5"),
            ("$count", "true"),
            ("$format", "application/json;odata.metadata=full;IEEE754Compatible=false"),
        ];
        let query = Query::parse(options, &VISITS).unwrap();
        assert_eq!(query.select, Some(vec![6, 0]));
        let orders = [Order { column: 6, descends: true }, Order { column: 9, descends: false }];
        assert_eq!(query.orders, orders);
        assert_eq!((query.top, query.skip, query.count), (Some(10), 5, true));
        assert_eq!(query.metadata, Some(Metadata::Full));
        assert_eq!(parsed("$select", "*").unwrap(), Query::default());
    }

    #[test]
    fn what_is_wrong_is_refused_and_what_is_not_supported_has_its_name() {
        for (name, value) in [
            ("$top", "-1"),
            ("$top", "1.5"),
            ("$skip", "99999999999"),
            ("$count", "yes"),
            ("$select", "nothing"),
            ("$select", ""),
            ("$orderby", "score up"),
            ("$orderby", "score desc asc"),
            ("$orderby", "id,state,score,month,branch_id"),
        ] {
            assert_eq!(parsed(name, value).unwrap_err().code(), Code::MalformedRequest, "{name}={value}");
        }
        for (name, value, says) in [
            ("$expand", "branch", "$expand"),
            ("$apply", "topcount(2,score)", "topcount() in this place of $apply"),
            ("$search", "x", "$search"),
            ("$compute", "1 as x", "$compute"),
            ("shape", "round", "shape"),
            ("$format", "atom", "$format=atom"),
            ("$select", "branch/name", "branch/name in $select"),
            ("$orderby", "length(state)", "length(state) in $orderby"),
        ] {
            let error = parsed(name, value).unwrap_err();
            assert_eq!(error.code(), Code::NotSupported, "{name}");
            assert_eq!(error.particulars().detail.clone().unwrap(), format!("{says} is not supported"));
        }
        assert!(Query::parse([("$top", "1"), ("$top", "2")], &VISITS).is_err());
        let beside = Query::parse([("$apply", "groupby((state))"), ("$top", "2")], &VISITS).unwrap_err();
        assert_eq!(beside.code(), Code::NotSupported);
    }
}
