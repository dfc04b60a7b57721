//! Which columns a sheet has: those of the shape that the contract gives of its rows.

use utoipa::{
    Number, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ArrayItems, KnownFormat, Object, SchemaFormat, SchemaType, Type},
    },
};

use crate::{
    http::input::shape::Shape,
    texts::{Language, columns::title},
};

/// So many basis points are a whole.
const WHOLE: i64 = 10_000;

/// What is in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words, ids and months, and all else that is written.
    Text,
    /// An integer.
    Integer,
    /// A number with decimals.
    Number,
    /// Basis points, shown as per cent with two decimals.
    Percent,
    /// Yes or no.
    Boolean,
    /// A day.
    Day,
    /// A moment (RFC 3339).
    Moment,
    /// What has parts of its own that no rows are made of: as JSON.
    Json,
}

/// One column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What its first row says: the names of the members that lead to it, with `_` between them, and `_percent` after that of basis points.
    pub name: String,
    /// What is in it.
    pub kind: ColumnKind,
    /// In which of the things that make a row it is: the answer itself (0), the item of a list in it (1), and so on.
    pub level: usize,
    /// The names of the members that lead to it there.
    pub path: Vec<String>,
}

impl Column {
    /// What it is called in this language: by its name, or by those of the members that lead to it; none if one of them has no title.
    pub fn title(&self, language: Language) -> Option<String> {
        if let Some(title) = title(language, &self.name) {
            return Some(title.into_owned());
        }
        let is_percent = self.kind == ColumnKind::Percent;
        let name = self.name.strip_suffix("_percent").filter(|_| is_percent).unwrap_or(&self.name);
        // Beside another of this name it has the name of its list before it.
        let list = name.strip_suffix(&self.path.join("_")).and_then(|list| list.strip_suffix('_'));
        let names = list.into_iter().chain(self.path.iter().map(String::as_str));
        let titles: Option<Vec<_>> = names.map(|name| title(language, name)).collect();
        let unit = if is_percent { ", %" } else { "" };
        Some(titles?.join(" – ") + unit)
    }
}

/// The columns of a `T`, in which these members have the items that are the rows. What an item calls as the thing around it does is called after the list as
/// well.
pub fn columns<T: ToSchema + 'static>(rows: &[&str]) -> Vec<Column> {
    let shape = Shape::of::<T>();
    let mut columns = Vec::new();
    add(&shape, &shape.whole, (0, rows), &mut columns);
    columns
}

/// Adds the columns of a thing at this level, and those of the items in it.
fn add(shape: &Shape, thing: &RefOr<Schema>, (level, rows): (usize, &[&str]), columns: &mut Vec<Column>) {
    let members = members(shape, thing);
    let (list, deeper) = rows.split_first().map_or((None, rows), |(list, deeper)| (Some(*list), deeper));
    for (name, member) in members.iter().filter(|(name, _)| Some(*name) != list) {
        add_member(shape, member, (level, vec![(*name).to_owned()]), columns);
    }
    let items = members.iter().find(|(name, _)| Some(*name) == list);
    let Some((list, item)) = items.and_then(|(name, member)| Some((name, item(shape, member)?))) else {
        return;
    };
    let around = columns.len();
    add(shape, item, (level + 1, deeper), columns);
    let (before, of_items) = columns.split_at_mut(around);
    for column in of_items {
        if before.iter().any(|one| one.path == column.path) {
            column.name = format!("{list}_{}", column.name);
        }
    }
}

/// Adds the column of a member, or those of its own members if it has such.
fn add_member(
    shape: &Shape,
    member: &RefOr<Schema>,
    (level, path): (usize, Vec<String>),
    columns: &mut Vec<Column>,
) {
    let parts = members(shape, member);
    if parts.is_empty() {
        let kind = kind(shape, member);
        let unit = if kind == ColumnKind::Percent { "_percent" } else { "" };
        columns.push(Column { name: format!("{}{unit}", path.join("_")), kind, level, path });
        return;
    }
    for (name, part) in parts {
        let mut path = path.clone();
        path.push(name.to_owned());
        add_member(shape, part, (level, path), columns);
    }
}

/// The name of a member, and its shape.
type Member<'s> = (&'s str, &'s RefOr<Schema>);

/// The members of a thing; none if it is no thing with members, or one of several kinds. First come those that say what it is: of what is flattened into it that has
/// words, and its own plain ones. The figures that are flattened into it follow, and its own members with members.
fn members<'s>(shape: &'s Shape, thing: &'s RefOr<Schema>) -> Vec<Member<'s>> {
    match present(shape, thing) {
        Some(Schema::Object(object)) => {
            object.properties.iter().map(|(name, member)| (name.as_str(), member)).collect()
        }
        Some(Schema::AllOf(all)) => {
            let (own, flattened): (Vec<_>, Vec<_>) =
                all.items.iter().partition(|part| matches!(part, RefOr::T(_)));
            let own = own.into_iter().flat_map(|part| members(shape, part));
            let (plain, with_members): (Vec<_>, Vec<_>) =
                own.partition(|(_, member)| members(shape, member).is_empty());
            let flattened = flattened.into_iter().map(|part| members(shape, part));
            let is_in_words = |members: &Vec<Member<'s>>| {
                members.iter().any(|(_, member)| kind(shape, member) == ColumnKind::Text)
            };
            let (words, figures): (Vec<_>, Vec<_>) = flattened.partition(is_in_words);
            [words.concat(), plain, figures.concat(), with_members].concat()
        }
        _ => Vec::new(),
    }
}

/// The shape of the items of a list.
fn item<'s>(shape: &'s Shape, list: &'s RefOr<Schema>) -> Option<&'s RefOr<Schema>> {
    match present(shape, list)? {
        Schema::Array(array) => match &array.items {
            ArrayItems::RefOrSchema(item) => Some(item),
            ArrayItems::False => None,
        },
        _ => None,
    }
}

/// What a thing is where it is not null: the one of two shapes that is not null.
fn present<'s>(shape: &'s Shape, thing: &'s RefOr<Schema>) -> Option<&'s Schema> {
    let found = shape.resolve(thing)?;
    let Schema::OneOf(one_of) = found else { return Some(found) };
    let mut others = one_of.items.iter().filter(|one| !is_null(one));
    match (others.next(), others.next()) {
        (Some(only), None) => present(shape, only),
        _ => Some(found),
    }
}

fn is_null(one: &RefOr<Schema>) -> bool {
    matches!(one, RefOr::T(Schema::Object(Object { schema_type: SchemaType::Type(Type::Null), .. })))
}

/// What is in the column of a member without members.
fn kind(shape: &Shape, member: &RefOr<Schema>) -> ColumnKind {
    let Some(Schema::Object(object)) = present(shape, member) else { return ColumnKind::Json };
    let is = |wanted: Type| match &object.schema_type {
        SchemaType::Type(only) => *only == wanted,
        SchemaType::Array(several) => several.contains(&wanted),
        SchemaType::AnyValue => false,
    };
    if is(Type::Integer) {
        if is_in_basis_points(object) { ColumnKind::Percent } else { ColumnKind::Integer }
    } else if is(Type::Number) {
        ColumnKind::Number
    } else if is(Type::Boolean) {
        ColumnKind::Boolean
    } else if is(Type::String) {
        match &object.format {
            Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)) => ColumnKind::Moment,
            Some(SchemaFormat::KnownFormat(KnownFormat::Date)) => ColumnKind::Day,
            _ => ColumnKind::Text,
        }
    } else {
        ColumnKind::Json
    }
}

/// Whether an integer is in basis points: a part of a whole, or a difference of two such.
fn is_in_basis_points(object: &Object) -> bool {
    let is =
        |limit: &Option<Number>, wanted| limit.as_ref().is_some_and(|limit| *limit == Number::from(wanted));
    is(&object.maximum, WHOLE) && (is(&object.minimum, 0) || is(&object.minimum, -WHOLE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{db::types::Instant, limits::BasisPoints};

    #[derive(utoipa::ToSchema)]
    #[allow(dead_code)]
    struct SampleEnds {
        low: BasisPoints,
        high: BasisPoints,
    }

    #[derive(utoipa::ToSchema)]
    #[allow(dead_code)]
    struct SampleFigure {
        visits: i64,
        score: Option<BasisPoints>,
        interval: Option<SampleEnds>,
    }

    #[derive(utoipa::ToSchema)]
    #[allow(dead_code)]
    struct SampleStep {
        name: String,
        #[schema(value_type = SampleFigure)]
        figure: SampleFigure,
        is_last: bool,
        tags: Vec<String>,
        at: Instant,
    }

    #[derive(utoipa::ToSchema)]
    #[allow(dead_code)]
    struct SampleAnswer {
        name: String,
        steps: Vec<SampleStep>,
    }

    fn named(rows: &[&str]) -> Vec<(String, ColumnKind)> {
        columns::<SampleAnswer>(rows).into_iter().map(|column| (column.name, column.kind)).collect()
    }

    #[test]
    fn each_member_has_its_column() {
        use ColumnKind::*;
        let mut found = named(&["steps"]);
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        let wanted = [
            ("at", Moment),
            ("figure_interval_high_percent", Percent),
            ("figure_interval_low_percent", Percent),
            ("figure_score_percent", Percent),
            ("figure_visits", Integer),
            ("is_last", Boolean),
            ("name", Text),
            ("steps_name", Text),
            ("tags", Json),
        ];
        assert_eq!(found, wanted.map(|(name, kind)| (name.to_owned(), kind)));
        assert_eq!(named(&[]), [("name".to_owned(), Text), ("steps".to_owned(), Json)]);
    }
}
