//! Dimensions and standards.

use crate::db::types::text_enum;

text_enum! {
    /// Whether people or procedures make it good.
    pub enum Side {
        /// What people do: gestures, words, competence, listening.
        Personal = "personal",
        /// What the organisation does: time, comfort, products, procedures.
        Procedural = "procedural",
    }
}

text_enum! {
    /// The five dimensions of SERVQUAL (Parasuraman, Zeithaml and Berry, 1988), for those who compare with the literature.
    pub enum Servqual {
        /// How rooms, equipment and people look.
        Tangibles = "tangibles",
        /// Doing what was promised, dependably.
        Reliability = "reliability",
        /// Willingness to help, at once.
        Responsiveness = "responsiveness",
        /// Knowledge and courtesy that give confidence.
        Assurance = "assurance",
        /// Care for the single customer.
        Empathy = "empathy",
    }
}

text_enum! {
    /// What training helps where a standard is missed.
    pub enum Track {
        /// Products and technique.
        ProductAndTechnique = "product_and_technique",
        /// Serving customers.
        CustomerService = "customer_service",
        /// Motivation, and coping with stress.
        MotivationAndStress = "motivation_and_stress",
    }
}
