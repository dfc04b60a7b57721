//! One JSON document.
