//! What tables there are: the service document, and the schema in XML (CSDL 4.0).

use super::model::{Edm, TABLES, Table};

/// The namespace of the tables' types.
pub const NAMESPACE: &str = "incognito";

/// The schema.
pub fn schema() -> String {
    let types: String = TABLES.iter().map(|table| entity_type(table)).collect();
    let set = |table: &&Table| {
        format!("<EntitySet Name=\"{}\" EntityType=\"{NAMESPACE}.{}\"/>", table.set, table.entity)
    };
    let sets: String = TABLES.iter().map(set).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices>\
        <Schema Namespace=\"{NAMESPACE}\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">{types}\
        <EntityContainer Name=\"Container\">{sets}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>\n"
    )
}

fn entity_type(table: &Table) -> String {
    let property = |column: &super::model::Column| {
        let facets = match column.edm {
            Edm::Decimal => " Precision=\"5\" Scale=\"2\"",
            Edm::DateTimeOffset => " Precision=\"6\"",
            _ => "",
        };
        let required = if column.nullable { "" } else { " Nullable=\"false\"" };
        format!("<Property Name=\"{}\" Type=\"{}\"{facets}{required}/>", column.name, column.edm.name())
    };
    let properties: String = table.columns.iter().map(property).collect();
    format!(
        "<EntityType Name=\"{}\"><Key><PropertyRef Name=\"id\"/></Key>{properties}</EntityType>",
        table.entity
    )
}

/// The service document of the service at this address.
pub fn service(root: &str) -> serde_json::Value {
    let set = |table: &&Table| serde_json::json!({"name": table.set, "kind": "EntitySet", "url": table.set});
    let sets: Vec<_> = TABLES.iter().map(set).collect();
    serde_json::json!({"@odata.context": format!("{root}/$metadata"), "value": sets})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_has_its_key_in_front() {
        for table in TABLES {
            assert_eq!(table.column("id"), Some(0), "{}", table.set);
            assert!(!table.columns[0].nullable);
        }
    }
}
