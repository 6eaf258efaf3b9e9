//! The host of a request, in one spelling.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use idna::uts46::{Hyphens, Uts46};
use idna::{AsciiDenyList, uts46::DnsLength};

use crate::mutants::mutant;

/// The longest name, without the root's dot (RFC 1035, section 2.3.4).
const MAX_NAME: usize = 253;
/// The longest label (RFC 1035, section 2.3.4).
const MAX_LABEL: usize = 63;
/// The longest text that is looked at. Letters outside of ASCII take more bytes than the name that they become.
const MAX_TEXT: usize = 1024;

/// A host, normalised once: two spellings of one host are equal and have the same hash.
///
/// The text is `uri-host [ ":" port ]`, as the header `Host` has it (RFC 9110, section 7.2). Upper case becomes lower case, the port and
/// one trailing dot fall off, and letters outside of ASCII become punycode (UTS 46). What is left is a name of letters, digits and hyphens
/// (RFC 1123, section 2.1), or an address. An address is a host, and names no tenant.
///
/// ```
/// use tenantry::layers::resolve::Host;
///
/// let host: Host = "BÜCHER.Example.:8080".parse()?;
/// assert_eq!(host.to_string(), "xn--bcher-kva.example");
/// assert_eq!(host.name(), Some("xn--bcher-kva.example"));
/// assert_eq!(Host::parse("[::1]:80")?.name(), None);
/// assert!(Host::parse("acme.example@evil.example").is_err());
/// # Ok::<(), tenantry::layers::resolve::HostError>(())
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Host(Kind);

#[derive(Clone, Eq, Hash, PartialEq)]
enum Kind {
    Name(Box<str>),
    Address(IpAddr),
}

/// Why a text is no host. It holds nothing of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// There is nothing, or nothing but a port.
    #[error("the host is empty")]
    Empty,
    /// More than 253 bytes.
    #[error("the host is longer than 253 bytes")]
    Long,
    /// A name and perhaps a password before an `@`.
    #[error("the host holds an `@`: leave out the user's name")]
    Userinfo,
    /// More than one host.
    #[error("the host holds a comma: name one host")]
    List,
    /// What a server would have to decode, and another would not.
    #[error("the host holds a percent sign: write it without an encoding")]
    Percent,
    /// A space, a control character, or another one that no host has.
    #[error("the host holds a character that no host has")]
    Character,
    /// An empty label, one of more than 63 bytes, or a hyphen at an end of one.
    #[error("a label of the host is empty, longer than 63 bytes, or begins or ends with a hyphen")]
    Label,
    /// Letters outside of ASCII that UTS 46 does not allow, or punycode of none.
    #[error("the host is no internationalised name")]
    Idna,
    /// The last label is a number, and the whole is no IPv4 address of four decimal numbers (RFC 1123, section 2.1).
    #[error("the host ends in a number and is no IPv4 address")]
    Number,
    /// Brackets without an IPv6 address in them.
    #[error("the host has brackets without an IPv6 address in them")]
    Brackets,
    /// What follows the colon is no number up to 65535.
    #[error("the port of the host is no number up to 65535")]
    Port,
}

impl Host {
    /// Reads a host, with or without a port.
    ///
    /// # Errors
    /// When the bytes are no host; see [`HostError`].
    pub fn parse(bytes: impl AsRef<[u8]>) -> Result<Self, HostError> {
        parse(bytes.as_ref()).map(Self)
    }

    /// The name, lower-case, without a port or a dot at its end; `None` for an address.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            Kind::Name(name) => Some(name),
            Kind::Address(_) => None,
        }
    }

    /// What stands before a base domain: `shop.acme` of `shop.acme.example.com` below `example.com`. `None` when it is not below it.
    #[must_use]
    pub fn below(&self, base: &Self) -> Option<&str> {
        self.name()?.strip_suffix(base.name()?)?.strip_suffix('.')
    }

    /// How many bytes it takes.
    pub(super) fn size(&self) -> usize {
        self.name().map_or(size_of::<IpAddr>(), str::len)
    }
}

fn parse(bytes: &[u8]) -> Result<Kind, HostError> {
    if bytes.len() > MAX_TEXT {
        return Err(HostError::Long);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| HostError::Character)?;
    let text = match text.rsplit_once('@') {
        Some((_, after)) if mutant!("resolve_userinfo_accepted") => after,
        _ => text,
    };
    text.bytes().try_for_each(allowed)?;
    if let Some(literal) = text.strip_prefix('[') {
        let (address, rest) = literal.split_once(']').ok_or(HostError::Brackets)?;
        match rest.strip_prefix(':') {
            Some(port) => check_port(port)?,
            None if rest.is_empty() => {}
            None => return Err(HostError::Brackets),
        }
        return address.parse::<Ipv6Addr>().map(|address| Kind::Address(address.into())).map_err(|_| HostError::Brackets);
    }
    let name = match text.split_once(':') {
        Some(_) if mutant!("resolve_port_kept") => return Ok(Kind::Name(text.into())),
        Some((name, port)) => {
            check_port(port)?;
            name
        }
        None => text,
    };
    named(name)
}

/// A byte that may stand in the text. The rest of the rules comes after the mapping of UTS 46, which gives other characters.
fn allowed(byte: u8) -> Result<(), HostError> {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b':' | b'[' | b']' | 0x80.. => Ok(()),
        b'@' => Err(HostError::Userinfo),
        b',' => Err(HostError::List),
        b'%' => Err(HostError::Percent),
        _ => Err(HostError::Character),
    }
}

/// `port = *DIGIT` (RFC 3986, section 3.2.3): it may be empty.
fn check_port(port: &str) -> Result<(), HostError> {
    let number = port.bytes().all(|byte| byte.is_ascii_digit()) && (port.is_empty() || port.parse::<u16>().is_ok());
    if number { Ok(()) } else { Err(HostError::Port) }
}

fn named(text: &str) -> Result<Kind, HostError> {
    if text.is_empty() {
        return Err(HostError::Empty);
    }
    if mutant!("resolve_case_kept") {
        return Ok(Kind::Name(text.into()));
    }
    // The mapping may give dots, digits and even characters that no host has, so that everything is checked after it.
    let mapped = Uts46::new()
        .to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Ignore)
        .map_err(|_| if text.is_ascii() && !has_punycode(text) { HostError::Label } else { HostError::Idna })?;
    let name = match mapped.strip_suffix('.') {
        Some(name) if !mutant!("resolve_dot_kept") => name,
        _ => &mapped,
    };
    if name.is_empty() {
        return Err(HostError::Empty);
    }
    if name.len() > MAX_NAME {
        return Err(HostError::Long);
    }
    if !mutant!("resolve_dot_kept") && !name.split('.').all(is_label) {
        return Err(HostError::Label);
    }
    // Whoever reads it as a number reads `0177.1` or `2130706433` as an address; the highest label of a name is no number.
    if name.rsplit('.').next().is_some_and(is_number) {
        return name.parse::<Ipv4Addr>().map(|address| Kind::Address(address.into())).map_err(|_| HostError::Number);
    }
    Ok(Kind::Name(name.into()))
}

fn has_punycode(text: &str) -> bool {
    text.split('.').any(|label| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--")))
}

/// Letters, digits and hyphens, none of the latter at an end (RFC 1123, section 2.1).
fn is_label(label: &str) -> bool {
    let characters = label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (1..=MAX_LABEL).contains(&label.len()) && characters && !label.starts_with('-') && !label.ends_with('-')
}

fn is_number(label: &str) -> bool {
    match label.strip_prefix("0x") {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => label.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

impl FromStr for Host {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        Self::parse(text)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Name(name) => f.write_str(name),
            Kind::Address(IpAddr::V4(address)) => address.fmt(f),
            Kind::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Host({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_host_are_one() {
        for (text, host) in [
            ("acme.example.com", "acme.example.com"),
            ("ACME.Example.COM", "acme.example.com"),
            ("acme.example.com.", "acme.example.com"),
            ("acme.example.com:443", "acme.example.com"),
            ("acme.example.com.:", "acme.example.com"),
            ("ａｃｍｅ。example．com", "acme.example.com"),
            ("acme.example.com。", "acme.example.com"),
            ("ac\u{ad}me.example.com", "acme.example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example"),
            ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
            ("straße.example", "xn--strae-oqa.example"),
            ("localhost", "localhost"),
            ("r3---sn-abc.example", "r3---sn-abc.example"),
            ("127.0.0.1:80", "127.0.0.1"),
            ("127.0.0.1.", "127.0.0.1"),
            ("１２７.0.0.1", "127.0.0.1"),
            ("[::1]", "[::1]"),
            ("[0:0:0:0:0:0:0:1]:80", "[::1]"),
            ("[2001:DB8::A]", "[2001:db8::a]"),
        ] {
            assert_eq!(Host::parse(text).map(|host| host.to_string()).as_deref(), Ok(host), "{text}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused_with_a_reason() {
        let long = format!("{}.example", "a".repeat(64));
        let longer = format!("{}example", "abcdefg.".repeat(31));
        for (text, error) in [
            ("", HostError::Empty),
            (":80", HostError::Empty),
            (".", HostError::Empty),
            ("。", HostError::Empty),
            (&longer, HostError::Long),
            (&"a".repeat(1025), HostError::Long),
            ("acme.example.com@evil.example", HostError::Userinfo),
            ("acme:secret@example.com", HostError::Userinfo),
            ("acme.example.com, evil.example", HostError::List),
            ("a%63me.example.com", HostError::Percent),
            ("[fe80::1%25eth0]", HostError::Percent),
            ("acme .example.com", HostError::Character),
            (" acme.example.com", HostError::Character),
            ("acme.example.com\t", HostError::Character),
            ("acme\0.example.com", HostError::Character),
            ("acme_1.example.com", HostError::Character),
            ("acme.example.com/path", HostError::Character),
            ("acme.example.com\\evil", HostError::Character),
            ("http://acme.example.com", HostError::Character),
            ("acme.example.com?x", HostError::Character),
            ("acme.example.com#x", HostError::Character),
            ("acme..example.com", HostError::Label),
            (".acme.example.com", HostError::Label),
            ("acme.example.com..", HostError::Label),
            ("-acme.example.com", HostError::Label),
            ("acme-.example.com", HostError::Label),
            (&long, HostError::Label),
            ("acme／path.example", HostError::Idna),
            ("acme：80", HostError::Idna),
            ("acme＠evil.example", HostError::Idna),
            ("acme\u{a0}.example", HostError::Idna),
            ("\u{202e}emca.example", HostError::Idna),
            ("xn--a.example", HostError::Idna),
            ("xn--acme-.example", HostError::Idna),
            ("1.2.3", HostError::Number),
            ("1.2.3.4.5", HostError::Number),
            ("0177.0.0.1", HostError::Number),
            ("127.1", HostError::Number),
            ("2130706433", HostError::Number),
            ("0x7f.1", HostError::Number),
            ("acme.0x7f", HostError::Number),
            ("acme.42", HostError::Number),
            ("[::1", HostError::Brackets),
            ("[::1]x", HostError::Brackets),
            ("[::1].example", HostError::Brackets),
            ("[127.0.0.1]", HostError::Brackets),
            ("[v1.fe80]", HostError::Brackets),
            ("[]", HostError::Brackets),
            ("::1", HostError::Port),
            ("acme.example.com:80:80", HostError::Port),
            ("acme.example.com:+80", HostError::Character),
            ("acme.example.com:65536", HostError::Port),
            ("acme.example.com:evil.example", HostError::Port),
        ] {
            assert_eq!(Host::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(Host::parse(b"\xffacme.example"), Err(HostError::Character));
    }

    #[test]
    fn what_is_below_a_base_ends_at_a_dot() {
        let host = |text: &str| Host::parse(text).unwrap();
        assert_eq!(host("acme.example.com").below(&host("example.com")), Some("acme"));
        assert_eq!(host("a.b.example.com").below(&host("example.com")), Some("a.b"));
        assert_eq!(host("example.com").below(&host("example.com")), None);
        assert_eq!(host("evilexample.com").below(&host("example.com")), None);
        assert_eq!(host("acme.example.com.evil.org").below(&host("example.com")), None);
        assert_eq!(host("127.0.0.1").below(&host("127.0.0.1")), None);
    }

    /// Texts that come close to a host more often than random bytes do.
    fn close() -> impl Strategy<Value = String> {
        proptest::string::string_regex(
            "(xn--|\\[)?[a-zA-Z0-9:.%@, ßüΣς。．１·\u{200d}\u{ad}ﷺ-]{0,24}(\\])?(\\.[a-z0-9]{1,3})?(:[0-9]{0,6})?",
        )
        .unwrap()
    }

    fn holds(bytes: &[u8]) -> Result<(), TestCaseError> {
        let Ok(host) = Host::parse(bytes) else { return Ok(()) };
        prop_assert_eq!(Host::parse(host.to_string()), Ok(host.clone()));
        if let Some(name) = host.name() {
            prop_assert!(name.len() <= MAX_NAME && name.split('.').all(is_label), "{}", name);
        }
        for spelling in [host.to_string().to_ascii_uppercase(), format!("{host}:8080"), format!("{host}:")] {
            prop_assert_eq!(Host::parse(spelling), Ok(host.clone()));
        }
        if !host.to_string().starts_with('[') {
            prop_assert_eq!(Host::parse(format!("{host}.")), Ok(host.clone()));
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_bytes_are_a_host_in_one_spelling_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            holds(&bytes)?;
        }

        #[test]
        fn so_is_any_text(text in any::<String>()) {
            holds(text.as_bytes())?;
        }

        #[test]
        fn so_is_what_comes_close_to_one(text in close()) {
            holds(text.as_bytes())?;
        }

        #[test]
        fn a_name_in_any_case_is_the_name(name in "[a-z]([a-z0-9-]{0,10}[a-z0-9])?(\\.[a-z]{1,8}){0,4}", upper in any::<u64>()) {
            prop_assume!(!has_punycode(&name));
            let spell = |(at, c): (usize, char)| if upper >> (at % 64) & 1 == 1 { c.to_ascii_uppercase() } else { c };
            let spelled: String = name.chars().enumerate().map(spell).collect();
            prop_assert_eq!(Host::parse(spelled).unwrap().to_string(), name);
        }
    }
}
