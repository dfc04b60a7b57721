#![allow(clippy::unwrap_used)]

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Rang {
    bell: String,
    #[serde(default)]
    loud: bool,
}

impl Happened for Rang {
    const KIND: &'static str = "rang";
    const VERSION: u32 = 3;

    fn subject(&self) -> String {
        self.bell.clone()
    }

    fn step(&self) -> String {
        "1".to_owned()
    }
}

#[test]
fn an_event_is_read_as_it_was_written_and_only_in_its_version() {
    let rang = Rang { bell: "door".to_owned(), loud: true };
    assert_eq!(payload(&rang).unwrap(), json!({"v": 3, "bell": "door", "loud": true}));
    assert_eq!(read::<Rang>(payload(&rang).unwrap()).unwrap(), rang);
    let without = Rang { loud: false, ..rang };
    assert_eq!(read::<Rang>(json!({"v": 3, "bell": "door"})).unwrap(), without, "a field may come later");
    assert!(read::<Rang>(json!({"v": 2, "bell": "door"})).is_err());
    assert!(read::<Rang>(json!({"bell": "door"})).is_err());
}

#[test]
fn an_id_is_made_of_kind_subject_and_step_alone() {
    let [quiet, loud] = [false, true].map(|loud| id_of(&Rang { bell: "door".to_owned(), loud }));
    assert_eq!(quiet, loud);
    assert_ne!(quiet, id_of(&Rang { bell: "gate".to_owned(), loud: false }));
    assert_eq!(quiet.to_string(), id_of(&Rang { bell: "door".to_owned(), loud: false }).to_string());
}
