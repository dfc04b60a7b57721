//! Connections of strangers: those on which no signed-in caller has made a request yet.
//!
//! A connection holds some memory (its buffers, and what was begun for its request), however little is sent on it, and a stranger
//! may open as many as the machine takes. So the number of such connections is limited. Where one more comes, the oldest of the
//! network that has the most of them ends: a network that opens many ends its own. From a signed-in caller's first request on, a
//! connection is no stranger's any more, so phones are not counted, however slow their networks.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    fmt,
    net::{IpAddr, Shutdown},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use actix_web::{HttpRequest, rt::net::TcpStream};
use socket2::{SockRef, Socket};

use super::limits::network;

/// So many connections of strangers there are at most. They hold 18 KiB each, and 35 while a request on one waits for its body: some
/// 50 MiB in all.
pub const MOST: usize = 1_500;

/// The connections of strangers to this server.
#[derive(Clone)]
pub struct Strangers {
    most: usize,
    open: Arc<Mutex<Open<Socket>>>,
}

impl fmt::Debug for Strangers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Strangers").field("most", &self.most).finish_non_exhaustive()
    }
}

impl Strangers {
    /// So many at most.
    pub fn at_most(most: usize) -> Self {
        Self { most, open: Arc::default() }
    }

    /// Counts a connection that was just taken in, and ends another one if there are too many. A connection that cannot be counted is
    /// ended itself, and has no place.
    pub fn enter(&self, stream: &TcpStream, peer: IpAddr) -> Option<Stranger> {
        let network = network(peer.to_canonical());
        let own = SockRef::from(stream);
        let socket = own.try_clone().inspect_err(|error| {
            tracing::warn!(%error, "a connection could not be counted");
            end(&own);
        });
        let socket = socket.ok()?;
        let mut open = lock(&self.open);
        let number = open.add(network, socket);
        let over = if open.count > self.most { open.take_oldest() } else { None };
        drop(open);
        if let Some(socket) = over {
            end(&socket);
        }
        Some(Stranger { strangers: self.clone(), network, number })
    }
}

/// Ends a connection of which this is a handle: the server sees it as if its client had.
fn end(socket: &Socket) {
    // Its client may have ended it already.
    let _ = socket.shutdown(Shutdown::Both);
}

fn lock<S>(open: &Mutex<Open<S>>) -> MutexGuard<'_, Open<S>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection's place among those of strangers. It is free again when this is dropped, or when a signed-in caller makes a request.
#[derive(Debug)]
pub struct Stranger {
    strangers: Strangers,
    network: IpAddr,
    number: u64,
}

impl Stranger {
    /// Counts the connection of this request no longer: its caller is signed in.
    pub fn count_no_longer(request: &HttpRequest) {
        if let Some(stranger) = request.conn_data::<Self>() {
            stranger.leave();
        }
    }

    fn leave(&self) {
        let gone = lock(&self.strangers.open).remove(self.network, self.number);
        // The handle is given back without holding up others.
        drop(gone);
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The connections that are open: of each network by their age.
struct Open<S> {
    next: u64,
    count: usize,
    networks: HashMap<IpAddr, BTreeMap<u64, S>>,
}

impl<S> Default for Open<S> {
    fn default() -> Self {
        Self { next: 0, count: 0, networks: HashMap::new() }
    }
}

impl<S> Open<S> {
    fn add(&mut self, network: IpAddr, socket: S) -> u64 {
        self.next += 1;
        self.count += 1;
        self.networks.entry(network).or_default().insert(self.next, socket);
        self.next
    }

    fn remove(&mut self, network: IpAddr, number: u64) -> Option<S> {
        let of_network = self.networks.get_mut(&network)?;
        let socket = of_network.remove(&number)?;
        if of_network.is_empty() {
            self.networks.remove(&network);
        }
        self.count -= 1;
        Some(socket)
    }

    /// Takes out the oldest of the network that has the most; of several such networks, the oldest.
    fn take_oldest(&mut self) -> Option<S> {
        let oldest = |(network, sockets): (&IpAddr, &BTreeMap<u64, S>)| {
            Some((sockets.len(), Reverse(*sockets.first_key_value()?.0), *network))
        };
        let (_, Reverse(number), network) = self.networks.iter().filter_map(oldest).max()?;
        self.remove(network, number)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_network_that_opens_many_ends_its_own() {
        let [many, few, one] = ["192.0.2.1", "192.0.2.2", "2001:db8::1"].map(|text| text.parse().unwrap());
        let mut open = Open::default();
        let lone = open.add(one, "lone");
        for name in ["a", "b", "c"] {
            open.add(many, name);
        }
        let own = open.add(few, "own");
        open.add(few, "own too");
        assert_eq!(open.take_oldest(), Some("a"));
        // Both have two by now: the oldest of them goes.
        assert_eq!([open.take_oldest(), open.take_oldest()], [Some("b"), Some("own")]);
        assert_eq!(open.remove(few, own), None, "it has gone already");
        // Each network has one: the oldest of all.
        assert_eq!((open.count, open.take_oldest()), (3, Some("lone")));
        assert_eq!(open.remove(one, lone), None);
        assert_eq!((open.count, open.networks.len()), (2, 2));
    }
}
