//! Pages of tables as JSON (OData JSON Format 4.0).

use super::{
    cell::{Cell, Row},
    metadata::NAMESPACE,
    model::{Edm, Table},
    query::Metadata,
    scan::Page,
};
use crate::decimals;

/// Where an answer stands.
pub struct Address<'a> {
    /// The address of the service.
    pub root: &'a str,
    /// The address of the next page, if there may be one.
    pub next: Option<String>,
}

/// A page, with the columns that were asked for; all of them, if none were named.
pub fn page(
    table: &Table,
    select: Option<&[usize]>,
    page: &Page,
    level: Metadata,
    address: &Address<'_>,
) -> String {
    let every: Vec<usize> = (0..table.columns.len()).collect();
    let columns = select.unwrap_or(&every);
    let mut out = String::from("{");
    if level != Metadata::None {
        let names = |columns: &[usize]| {
            let names = columns.iter().filter_map(|at| table.columns.get(*at)).map(|column| column.name);
            format!("({})", names.collect::<Vec<_>>().join(","))
        };
        let names = select.map(names).unwrap_or_default();
        let context = format!("{}/$metadata#{}{names}", address.root, table.set);
        member(&mut out, "@odata.context", &text(&context));
    }
    if let Some(count) = page.count {
        member(&mut out, "@odata.count", &count.to_string());
    }
    let rows: Vec<String> =
        page.rows.iter().map(|row| one(table, columns, row, level, address.root)).collect();
    member(&mut out, "value", &format!("[{}]", rows.join(",")));
    if let Some(next) = &address.next {
        member(&mut out, "@odata.nextLink", &text(next));
    }
    out.push('}');
    out
}

/// Groups of a table's rows, with the columns of these names.
pub fn groups(table: &Table, names: &[String], rows: &[Row], level: Metadata, root: &str) -> String {
    let mut out = String::from("{");
    if level != Metadata::None {
        let context = format!("{root}/$metadata#{}({})", table.set, names.join(","));
        member(&mut out, "@odata.context", &text(&context));
    }
    let one = |row: &Row| {
        let mut out = String::from("{");
        names.iter().zip(row).for_each(|(name, cell)| member(&mut out, name, &value(cell)));
        out.push('}');
        out
    };
    let rows: Vec<String> = rows.iter().map(one).collect();
    member(&mut out, "value", &format!("[{}]", rows.join(",")));
    out.push('}');
    out
}

fn one(table: &Table, columns: &[usize], row: &Row, level: Metadata, root: &str) -> String {
    let mut out = String::from("{");
    if level == Metadata::Full {
        member(&mut out, "@odata.type", &text(&format!("#{NAMESPACE}.{}", table.entity)));
        member(&mut out, "@odata.id", &text(&format!("{root}/{}({})", table.set, key(table, row))));
    }
    for at in columns {
        let (Some(column), Some(cell)) = (table.columns.get(*at), row.get(*at)) else { continue };
        if level == Metadata::Full && column.edm != Edm::String {
            let name = format!("{}@odata.type", column.name);
            member(&mut out, &name, &text(&column.edm.name().replace("Edm.", "#")));
        }
        member(&mut out, column.name, &value(cell));
    }
    out.push('}');
    out
}

/// The key of a row, as addresses have it.
fn key(table: &Table, row: &Row) -> String {
    let literal = |cell: &Cell| match cell {
        Cell::Text(words) => {
            let quoted = words.replace('\'', "''");
            format!("'{}'", form_urlencoded::byte_serialize(quoted.as_bytes()).collect::<String>())
        }
        cell => value(cell).trim_matches('"').to_owned(),
    };
    match (table.key(), row.as_slice()) {
        ([_], [only, ..]) => literal(only),
        (columns, cells) => {
            let named =
                columns.iter().zip(cells).map(|(column, cell)| format!("{}={}", column.name, literal(cell)));
            named.collect::<Vec<_>>().join(",")
        }
    }
}

fn member(out: &mut String, name: &str, value: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push_str(&text(name));
    out.push(':');
    out.push_str(value);
}

fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn value(cell: &Cell) -> String {
    match cell {
        Cell::Null => "null".to_owned(),
        Cell::Id(id) => text(&id.to_string()),
        Cell::Text(words) => text(words),
        Cell::Whole(number) => number.to_string(),
        Cell::Hundredths(number) => decimals::written(*number, 2, '.'),
        Cell::Day(day) => text(&day.to_string()),
        Cell::Moment(moment) => text(&moment.to_string()),
        Cell::Truth(is_so) => is_so.to_string(),
    }
}
