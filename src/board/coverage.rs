//! How far a campaign is: what is wanted of it, and what has become of that.
