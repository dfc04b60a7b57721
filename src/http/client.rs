//! The address that a request comes from: the peer's, or what a proxy that is believed says of it.
//!
//! A proxy adds the address of its own peer at the end of `Forwarded` (RFC 7239) or of `X-Forwarded-For`, and passes on what
//! stood there before, which a client may have made up. So the list is read from its end, and only as far as each address
//! is a proxy that is believed. A proxy that writes one of the two headers passes the other on as it came: where both are
//! there and lead to two clients, neither is believed.

use std::{
    future::{Ready, ready},
    net::{IpAddr, SocketAddr},
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{
        header::{FORWARDED, HOST, HeaderMap, HeaderName, X_FORWARDED_FOR},
        uri::Authority,
    },
};

use super::endpoint::{Part, Signature};
use crate::{
    config::Networks,
    error::{Error, Result},
};

/// The proxies that are believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies(pub Networks);

/// Where a request comes from; not known where there is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(pub Option<IpAddr>);

impl FromRequest for Client {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl Part for Client {
    fn describe(_: &mut Signature) {}
}

impl Client {
    /// The client of this request.
    pub fn of(request: &HttpRequest) -> Self {
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        let Some(Proxies(proxies)) = request.app_data::<Proxies>() else { return Self(peer) };
        Self(peer.map(|peer| client(peer, request.headers(), proxies)))
    }
}

/// The scheme and the host by which the client of this request has reached the server, as an address begins: what a proxy that is believed says of them, and
/// else what the request itself names.
pub fn origin(request: &HttpRequest) -> String {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let believed = |Proxies(proxies): &Proxies| peer.is_some_and(|peer| proxies.contain(peer));
    if request.app_data::<Proxies>().is_some_and(believed) {
        let connection = request.connection_info();
        return format!("{}://{}", connection.scheme(), connection.host());
    }
    let config = request.app_config();
    let scheme = if config.secure() { "https" } else { "http" };
    let named = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| request.uri().authority().map(Authority::as_str));
    format!("{scheme}://{}", host.unwrap_or_else(|| config.host()))
}

/// Who sent a request that this peer brought.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &Networks) -> IpAddr {
    if !proxies.contain(peer) {
        return peer;
    }
    let back = |name, addresses: fn(&str) -> Vec<Option<IpAddr>>| {
        let named: Vec<_> = lines(headers, name).map(addresses).collect();
        (!named.is_empty()).then(|| walk_back(peer, &named.concat(), proxies))
    };
    match (back(FORWARDED, forwarded), back(X_FORWARDED_FOR, x_forwarded_for)) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(client), _) | (None, Some(client)) => client,
        (None, None) => peer,
    }
}

/// The header's lines, in their order; one that is no text says nothing that can be read.
fn lines(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).map(|line| line.to_str().unwrap_or("?"))
}

/// From the peer back, as long as those who speak are believed and name an address.
fn walk_back(peer: IpAddr, named: &[Option<IpAddr>], proxies: &Networks) -> IpAddr {
    let mut client = peer;
    for before in named.iter().rev() {
        match before {
            Some(address) if proxies.contain(client) => client = *address,
            _ => break,
        }
    }
    client
}

fn x_forwarded_for(line: &str) -> Vec<Option<IpAddr>> {
    line.split(',').map(|node| address(node.trim())).collect()
}

/// What stands behind `for=` in each element.
fn forwarded(line: &str) -> Vec<Option<IpAddr>> {
    let of = |element: &str| {
        let pairs = split_unquoted(element, ';');
        let node = pairs.iter().find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.trim().eq_ignore_ascii_case("for").then(|| value.trim())
        })?;
        address(&unquoted(node)?)
    };
    split_unquoted(line, ',').into_iter().map(of).collect()
}

/// The parts between these marks, as far as the marks stand outside of quotes.
fn split_unquoted(text: &str, mark: char) -> Vec<&str> {
    let (mut parts, mut from, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if c == mark && !quoted => {
                parts.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// A token as it is, or what a quoted string holds; nothing if the quotes do not match.
fn unquoted(value: &str) -> Option<String> {
    let Some(rest) = value.strip_prefix('"') else { return Some(value.to_owned()) };
    let mut chars = rest.strip_suffix('"')?.chars();
    let mut text = String::new();
    while let Some(c) = chars.next() {
        text.push(if c == '\\' { chars.next()? } else { c });
    }
    Some(text)
}

/// An address, with a port or without; an IPv6 address with a port stands in brackets. What is hidden (`unknown`, `_name`) is
/// none.
fn address(node: &str) -> Option<IpAddr> {
    let bare = node.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(node);
    let address = bare.parse().or_else(|_| node.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use actix_web::http::header::HeaderValue;

    use super::*;

    const PROXIES: &str = "10.0.0.0/8,2001:db8:ffff::/48";

    fn of(peer: &str, headers: &[(&str, &str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.parse().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        client(peer.parse().unwrap(), &map, &PROXIES.parse().unwrap()).to_string()
    }

    #[test]
    fn the_client_is_the_first_from_the_right_that_is_no_proxy() {
        let x = "x-forwarded-for";
        for (peer, headers, client) in [
            // A stranger says what it likes.
            ("192.0.2.1", vec![(x, "198.51.100.1")], "192.0.2.1"),
            ("192.0.2.1", vec![("forwarded", "for=198.51.100.1")], "192.0.2.1"),
            // A proxy is believed, and what its client made up is not.
            ("10.0.0.1", vec![(x, "198.51.100.1")], "198.51.100.1"),
            ("10.0.0.1", vec![(x, "203.0.113.9, 198.51.100.1")], "198.51.100.1"),
            ("10.0.0.1", vec![(x, "203.0.113.9"), (x, "198.51.100.1")], "198.51.100.1"),
            // Several proxies.
            ("10.0.0.1", vec![(x, "203.0.113.9, 198.51.100.1, 10.0.0.2")], "198.51.100.1"),
            ("10.0.0.1", vec![(x, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            // What cannot be read ends it.
            ("10.0.0.1", vec![(x, "198.51.100.1, unknown")], "10.0.0.1"),
            ("10.0.0.1", vec![(x, "198.51.100.1, unknown, 10.0.0.2")], "10.0.0.2"),
            ("10.0.0.1", vec![(x, "")], "10.0.0.1"),
            ("10.0.0.1", vec![(x, "198.51.100.1, \u{fc}")], "10.0.0.1"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            // Ports, brackets, IPv6, IPv4 in IPv6.
            ("10.0.0.1", vec![(x, "198.51.100.1:4711")], "198.51.100.1"),
            ("10.0.0.1", vec![(x, "2001:db8::7")], "2001:db8::7"),
            ("10.0.0.1", vec![(x, "[2001:db8::7]:80")], "2001:db8::7"),
            ("10.0.0.1", vec![(x, "[2001:db8::7]")], "2001:db8::7"),
            ("2001:db8:ffff::1", vec![(x, "::ffff:198.51.100.1")], "198.51.100.1"),
            // Forwarded, with all that its grammar has.
            ("10.0.0.1", vec![("forwarded", "for=198.51.100.1;proto=https;by=10.0.0.1")], "198.51.100.1"),
            ("10.0.0.1", vec![("forwarded", "proto=https; For=\"198.51.100.1:80\"")], "198.51.100.1"),
            ("10.0.0.1", vec![("forwarded", "for=\"[2001:db8::7]:4711\"")], "2001:db8::7"),
            ("10.0.0.1", vec![("forwarded", "for=\"\\198.51.100.1\"")], "198.51.100.1"),
            (
                "10.0.0.1",
                vec![("forwarded", "for=203.0.113.9, for=198.51.100.1, for=10.0.0.2")],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                vec![("forwarded", "for=203.0.113.9;host=\"a,for=b\", for=198.51.100.1")],
                "198.51.100.1",
            ),
            ("10.0.0.1", vec![("forwarded", "for=198.51.100.1, proto=https")], "10.0.0.1"),
            ("10.0.0.1", vec![("forwarded", "for=_hidden")], "10.0.0.1"),
            ("10.0.0.1", vec![("forwarded", "for=\"203.0.113.9, for=198.51.100.1")], "10.0.0.1"),
            // Both: one of them came from the client.
            ("10.0.0.1", vec![("forwarded", "for=203.0.113.9"), (x, "198.51.100.1")], "10.0.0.1"),
            ("10.0.0.1", vec![("forwarded", "for=198.51.100.1"), (x, "198.51.100.1")], "198.51.100.1"),
        ] {
            assert_eq!(of(peer, &headers), client, "{peer} with {headers:?}");
        }
    }
}
