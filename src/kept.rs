//! What never changes, kept in memory once it was read.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, PoisonError, RwLock},
};

/// So many things are kept of each kind; an operator has fewer in use at a time.
const MOST: usize = 500;

/// Things by their keys. Where there are too many, any other goes: what is still in use is read again.
#[derive(Debug)]
pub struct Kept<K, T>(RwLock<HashMap<K, Arc<T>>>);

impl<K, T> Default for Kept<K, T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

// A thread that panics while it holds the lock leaves the map whole, so a poisoned lock can be used.
impl<K: Copy + Eq + Hash, T> Kept<K, T> {
    /// What is kept under this key, if anything is.
    pub fn get(&self, key: K) -> Option<Arc<T>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).map(Arc::clone)
    }

    /// Keeps this under this key from now on.
    pub fn keep(&self, key: K, thing: T) -> Arc<T> {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST
            && !kept.contains_key(&key)
            && let Some(other) = kept.keys().next().copied()
        {
            kept.remove(&other);
        }
        let thing = Arc::new(thing);
        kept.insert(key, Arc::clone(&thing));
        thing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_kept_and_the_last_one_is_among_them() {
        let kept = Kept::default();
        for key in 0..2 * MOST {
            assert_eq!(*kept.keep(key, key + 1), key + 1);
            assert_eq!(kept.get(key).as_deref(), Some(&(key + 1)));
        }
        assert_eq!((0..2 * MOST).filter(|key| kept.get(*key).is_some()).count(), MOST);
        kept.keep(7, 0);
        assert_eq!(kept.get(7).as_deref(), Some(&0));
    }
}
