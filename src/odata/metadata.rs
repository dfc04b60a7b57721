//! What tables there are: the service document, and the schema in XML (CSDL 4.0).

use super::model::{Edm, TABLES, Table};
use crate::texts::{Language, columns};

/// The namespace of the tables' types.
pub const NAMESPACE: &str = "incognito";

/// Where the vocabulary is defined by which columns say what they are.
const CORE: &str = "Org.OData.Core.V1";

/// The schema, with what the columns are called in this language.
pub fn schema(language: Language) -> String {
    let types: String = TABLES.iter().map(|table| entity_type(table, language)).collect();
    let set = |table: &&Table| {
        format!("<EntitySet Name=\"{}\" EntityType=\"{NAMESPACE}.{}\"/>", table.set, table.entity)
    };
    let sets: String = TABLES.iter().map(set).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\">\
        <edmx:Reference Uri=\"https://oasis-tcs.github.io/odata-vocabularies/vocabularies/{CORE}.xml\">\
        <edmx:Include Namespace=\"{CORE}\"/></edmx:Reference><edmx:DataServices>\
        <Schema Namespace=\"{NAMESPACE}\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">{types}\
        <EntityContainer Name=\"Container\">{sets}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>\n"
    )
}

fn entity_type(table: &Table, language: Language) -> String {
    let property = |column: &super::model::Column| {
        let facets = match column.edm {
            Edm::Decimal => " Precision=\"5\" Scale=\"2\"",
            Edm::DateTimeOffset => " Precision=\"6\"",
            _ => "",
        };
        let required = if column.nullable { "" } else { " Nullable=\"false\"" };
        let title = columns::title(language, column.name).unwrap_or_else(|| column.name.into());
        format!(
            "<Property Name=\"{}\" Type=\"{}\"{facets}{required}>\
            <Annotation Term=\"{CORE}.Description\" String=\"{title}\"/></Property>",
            column.name,
            column.edm.name()
        )
    };
    let properties: String = table.columns.iter().map(property).collect();
    let key = |column: &super::model::Column| format!("<PropertyRef Name=\"{}\"/>", column.name);
    let keys: String = table.key().iter().map(key).collect();
    format!("<EntityType Name=\"{}\"><Key>{keys}</Key>{properties}</EntityType>", table.entity)
}

/// The service document of the service at this address.
pub fn service(root: &str) -> serde_json::Value {
    let set = |table: &&Table| serde_json::json!({"name": table.set, "kind": "EntitySet", "url": table.set});
    let sets: Vec<_> = TABLES.iter().map(set).collect();
    serde_json::json!({"@odata.context": format!("{root}/$metadata"), "value": sets})
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_table_has_its_key_in_front() {
        for table in TABLES {
            assert!(
                !table.key().is_empty() && table.key().iter().all(|column| !column.nullable),
                "{}",
                table.set
            );
        }
    }

    #[test]
    fn each_column_is_called_something_in_each_language() {
        for language in Language::ALL {
            for column in TABLES.iter().flat_map(|table| table.columns) {
                let title = columns::title(language, column.name).unwrap();
                // It stands in XML as it is.
                assert!(!title.is_empty() && !title.contains(['<', '>', '&', '"']), "{title}");
            }
        }
    }
}
