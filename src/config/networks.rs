//! Networks whose machines are believed: a list of addresses and prefixes.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;

/// Networks, each written as `10.0.0.0/8` or `2001:db8::/32`; an address alone is a network of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Whether the address lies in one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }
}

impl FromStr for Networks {
    type Err = String;

    /// Names all that are wrong.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let given = text.split(',').map(str::trim).filter(|network| !network.is_empty());
        let (read, wrong): (Vec<_>, Vec<_>) =
            given.map(|one| network(one).ok_or_else(|| format!("{one:?}"))).partition(Result::is_ok);
        if wrong.is_empty() {
            return Ok(Self(read.into_iter().flatten().collect()));
        }
        let wrong: Vec<_> = wrong.into_iter().filter_map(Result::err).collect();
        Err(format!("{}: a network is 10.0.0.0/8, 2001:db8::/32 or one address", wrong.join(", ")))
    }
}

/// A prefix with bits behind it that count for nothing is a mistake rather than a wish.
fn network(text: &str) -> Option<IpNet> {
    match text.parse::<IpNet>() {
        Ok(network) => (network.trunc() == network).then_some(network),
        Err(_) => text.parse::<IpAddr>().ok().map(|address| address.to_canonical().into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_and_prefixes_are_networks() {
        let networks: Networks = "10.0.0.0/8, 192.0.2.7,2001:db8::/32,".parse().unwrap();
        for (address, inside) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("11.1.2.3", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(networks.contain(address.parse().unwrap()), inside, "{address}");
        }
        assert_eq!("".parse(), Ok(Networks::default()));
    }

    #[test]
    fn all_that_are_wrong_are_named() {
        let mistake = "10.0.0.0/8,10.0.0.1/8,nowhere, 10.0.0.0/33".parse::<Networks>().unwrap_err();
        assert!(mistake.starts_with(r#""10.0.0.1/8", "nowhere", "10.0.0.0/33": "#), "{mistake}");
    }
}
