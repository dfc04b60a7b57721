//! The people of the demo: who they are, what they may, and over what.

use super::plan::SHOPPERS;
use crate::accounts::model::Role;

/// The part of the brand that somebody's role is over.
pub(super) enum Over {
    Brand,
    /// The region of this name.
    Region(&'static str),
    /// The branch of this code.
    Branch(&'static str),
}

/// The branch where relatives of the first shopper work.
pub(super) const RELATIVES: &str = "GB-LON-01";

/// Somebody with an account.
pub(super) struct Person {
    pub(super) email: String,
    pub(super) name: &'static str,
    pub(super) language: &'static str,
    pub(super) role: Role,
    pub(super) over: Over,
}

pub(super) const ADMINISTRATOR: &str = "administrator@lumen.example";
pub(super) const DESIGNER: &str = "designer@lumen.example";
pub(super) const SCHEDULER: &str = "scheduler@lumen.example";
pub(super) const REVIEWER: &str = "reviewer@lumen.example";
pub(super) const SECOND_REVIEWER: &str = "second-reviewer@lumen.example";
pub(super) const MANAGER: &str = "manager@lumen.example";
pub(super) const AUDITOR: &str = "auditor@lumen.example";
/// The region that the manager runs.
pub(super) const COUNTRY: &str = "France";
/// The branch that has a manager of its own.
pub(super) const HOUSE: &str = "FR-PAR-01";

/// The staff, but for the administrator who makes their accounts and for the auditor.
pub(super) fn staff() -> Vec<Person> {
    let person = |email: &str, name, language, role, over| Person {
        email: email.to_owned(),
        name,
        language,
        role,
        over,
    };
    vec![
        person(DESIGNER, "Ayşe Demir", "tr", Role::Designer, Over::Brand),
        person(SCHEDULER, "Grace Hughes", "en", Role::Scheduler, Over::Brand),
        person(REVIEWER, "Élise Fournier", "fr", Role::Reviewer, Over::Brand),
        person(SECOND_REVIEWER, "Martin Novák", "en", Role::Reviewer, Over::Brand),
        person("hr@lumen.example", "Мария Стоянова", "bg", Role::Hr, Over::Brand),
        person(MANAGER, "Hugo Lambert", "fr", Role::Manager, Over::Region(COUNTRY)),
        person("paris@lumen.example", "Camille Roche", "fr", Role::Manager, Over::Branch(HOUSE)),
    ]
}

/// Is made when all else is there, and so shows that the demo was loaded before.
pub(super) fn auditor() -> Person {
    Person {
        email: AUDITOR.to_owned(),
        name: "Tom Keller",
        language: "en",
        role: Role::Auditor,
        over: Over::Brand,
    }
}

/// The address of a shopper, by number.
pub(super) fn shopper_email(number: usize) -> String {
    match number {
        0 => "shopper@lumen.example".to_owned(),
        _ => format!("shopper-{:02}@lumen.example", number + 1),
    }
}

/// The shoppers, in the order of their numbers.
pub(super) fn shoppers() -> impl Iterator<Item = Person> {
    NAMES.into_iter().enumerate().map(|(number, (name, language))| Person {
        email: shopper_email(number),
        name,
        language,
        role: Role::Shopper,
        over: Over::Brand,
    })
}

/// Area by area, as `plan` has them.
const NAMES: [(&str, &str); SHOPPERS] = [
    ("Léa Marchand", "fr"),
    ("Théo Garnier", "fr"),
    ("Nora Benali", "fr"),
    ("Paul Delvaux", "fr"),
    ("Chloé Mercier", "fr"),
    ("Antoine Rey", "fr"),
    ("Sarah Claes", "fr"),
    ("Oliver Grant", "en"),
    ("Priya Shah", "en"),
    ("Fiona Campbell", "en"),
    ("Jack Turner", "en"),
    ("Ивана Петрова", "bg"),
    ("Георги Димитров", "bg"),
    ("Елена Костова", "bg"),
    ("Николай Илиев", "bg"),
    ("Elif Yılmaz", "tr"),
    ("Mert Kaya", "tr"),
    ("Zeynep Arslan", "tr"),
    ("Can Öztürk", "tr"),
    ("Айгерим Сапарова", "ru"),
    ("Дмитрий Ким", "ru"),
    ("Алия Нурланова", "ru"),
    ("Maxime Tremblay", "fr"),
    ("Julie Gagnon", "fr"),
];
