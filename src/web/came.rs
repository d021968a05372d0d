//! Where a request came from: the address at the other end, or the one that a trusted proxy names.
//!
//! What a proxy says of its callers is believed only of those that the settings name
//! (`SPOOLBOARD_TRUSTED_PROXY`): anybody can send such a header.

use axum::http::{HeaderMap, HeaderName, header};
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Where a request came from; an extension of every request that came over a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    /// Who sent it, as far as trusted proxies tell.
    pub from: IpAddr,
    /// It was sent over https, to us or to a trusted proxy.
    pub https: bool,
}

/// Addresses that share their first bits, as `10.0.0.0/8`; a single one without the `/`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Net {
    first: IpAddr,
    bits: u8,
}

impl Net {
    /// Whether the address is one of these.
    fn holds(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(net), IpAddr::V4(address)) => same_bits(net.to_bits().into(), address.to_bits().into(), 32 - self.bits),
            (IpAddr::V6(net), IpAddr::V6(address)) => same_bits(net.to_bits(), address.to_bits(), 128 - self.bits),
            _ => false,
        }
    }
}

/// Whether two addresses are one, but for their last `free` bits.
fn same_bits(one: u128, other: u128, free: u8) -> bool {
    (one ^ other).checked_shr(free.into()).unwrap_or_default() == 0
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

impl FromStr for Net {
    type Err = ();

    /// Reads one address, or a network of at least one bit: `/0` would believe everybody.
    fn from_str(text: &str) -> Result<Net, ()> {
        let (first, bits) = text.split_once('/').map_or((text, None), |(first, bits)| (first, Some(bits)));
        let first: IpAddr = first.parse().map_err(drop)?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(drop)?;
        (1..=most).contains(&bits).then_some(Net { first, bits }).ok_or(())
    }
}

impl Came {
    /// Whether what is said from this address is believed.
    pub(super) fn is_trusted(address: IpAddr, proxies: &[Net]) -> bool {
        proxies.iter().any(|net| net.holds(address.to_canonical()))
    }

    /// Where a request with these headers came from, that arrived from `peer`, over TLS or not.
    pub fn of(peer: SocketAddr, tls: bool, headers: &HeaderMap, proxies: &[Net]) -> Came {
        let mut came = Came { from: peer.ip().to_canonical(), https: tls };
        if !Came::is_trusted(came.from, proxies) {
            return came;
        }
        // From the nearest to the farthest; whoever stands beyond the first stranger is hearsay.
        for named in callers(headers).into_iter().rev() {
            let Some(address) = named else { break };
            came.from = address;
            if !Came::is_trusted(address, proxies) {
                break;
            }
        }
        if let Some(scheme) = scheme(headers) {
            came.https = scheme.eq_ignore_ascii_case("https");
        }
        came
    }

    /// What limits are counted by: an address, or the network that one subscriber of IPv6 is given. The
    /// machine itself is none: a proxy on it that nobody named stands for everybody.
    pub fn counted_as(&self) -> Option<IpAddr> {
        match self.from {
            address if address.is_loopback() => None,
            address => Some(subscriber(address)),
        }
    }
}

/// Who has an address: of IPv6 the network that one subscriber is given, whose 2⁶⁴ addresses are all his.
pub(super) fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

/// The addresses that proxies have put down, each the one it was called from; `None` for a word that
/// is no address. `Forwarded` counts only where `X-Forwarded-For` is absent: most proxies write the
/// latter, and pass the former on as somebody sent it.
fn callers(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    if headers.contains_key(FORWARDED_FOR) {
        return listed(headers, FORWARDED_FOR).map(address).collect();
    }
    listed(headers, header::FORWARDED).map(|hop| address(part(hop, "for")?)).collect()
}

/// How the nearest proxy was called.
fn scheme(headers: &HeaderMap) -> Option<&str> {
    let told = listed(headers, FORWARDED_PROTO).last();
    told.or_else(|| part(listed(headers, header::FORWARDED).last()?, "proto"))
}

/// The elements of a list that may stand on several lines.
fn listed(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// The value of a part of one `Forwarded` element (RFC 7239).
fn part<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
    Some(value.trim_matches('"'))
}

/// An address, with or without its port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(address, _)| address);
    let alone = bare.parse().ok().or_else(|| bare.parse().ok().map(|address: SocketAddr| address.ip()));
    alone.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(text: &str) -> Vec<Net> {
        text.split(' ').map(|net| net.parse().unwrap()).collect()
    }

    /// Where a request came from: peer, headers.
    fn came(peer: &str, headers: &[(&'static str, &str)], proxies: &str) -> (String, bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let came = Came::of(SocketAddr::new(peer.parse().unwrap(), 40_000), false, &map, &nets(proxies));
        (came.from.to_string(), came.https)
    }

    #[test]
    fn a_proxy_is_believed_only_if_it_is_trusted() {
        let says = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "https")];
        assert_eq!(came("10.0.0.2", &says, "10.0.0.0/8"), ("203.0.113.7".into(), true));
        assert_eq!(came("192.168.1.5", &says, "10.0.0.0/8"), ("192.168.1.5".into(), false), "a stranger says what he likes");
        assert_eq!(came("::ffff:10.0.0.2", &says, "10.0.0.0/8"), ("203.0.113.7".into(), true), "IPv4 in the clothes of IPv6");
    }

    #[test]
    fn what_a_caller_himself_put_before_the_proxys_word_is_not_believed() {
        for (sent, from) in [
            ("1.1.1.1, 203.0.113.7", "203.0.113.7"),
            ("1.1.1.1, 203.0.113.7, 10.9.9.9", "203.0.113.7"),
            ("1.1.1.1, nonsense, 10.9.9.9", "10.9.9.9"),
            ("10.1.1.1, 10.9.9.9", "10.1.1.1"),
            ("203.0.113.7:5123", "203.0.113.7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("", "10.0.0.2"),
        ] {
            assert_eq!(came("10.0.0.2", &[("x-forwarded-for", sent)], "10.0.0.0/8").0, from, "{sent}");
        }
        let lines = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "203.0.113.7")];
        assert_eq!(came("10.0.0.2", &lines, "10.0.0.0/8").0, "203.0.113.7");
    }

    #[test]
    fn the_standard_header_is_read_where_the_usual_one_is_absent() {
        let standard = ("forwarded", "for=\"[2001:db8::7]:47\";proto=https;by=10.0.0.2");
        assert_eq!(came("10.0.0.2", &[standard], "10.0.0.2"), ("2001:db8::7".into(), true));
        let both = [standard, ("x-forwarded-for", "203.0.113.7")];
        assert_eq!(came("10.0.0.2", &both, "10.0.0.2").0, "203.0.113.7");
    }

    #[test]
    fn a_network_is_read_and_everybody_is_none() {
        for wrong in ["", "x", "10.0.0.0/33", "10.0.0.0/0", "::/0", "10.0.0.0/", "10.0.0.0/-1", "fe80::/129"] {
            assert!(wrong.parse::<Net>().is_err(), "{wrong}");
        }
        let net: Net = "192.168.4.0/22".parse().unwrap();
        assert!(net.holds("192.168.7.255".parse().unwrap()) && !net.holds("192.168.8.0".parse().unwrap()));
        let net: Net = "2001:db8::/32".parse().unwrap();
        assert!(net.holds("2001:db8:1::1".parse().unwrap()) && !net.holds("2001:db9::1".parse().unwrap()));
        assert!(!net.holds("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn one_subscriber_of_ipv6_counts_as_one() {
        let of = |text: &str| {
            Came { from: text.parse().unwrap(), https: false }.counted_as().map(|address| address.to_string()).unwrap_or_default()
        };
        assert_eq!((of("2001:db8:1:2:3:4:5:6"), of("10.1.2.3")), ("2001:db8:1:2::".into(), "10.1.2.3".into()));
        assert_eq!((of("127.0.0.1"), of("::1")), (String::new(), String::new()));
    }
}
