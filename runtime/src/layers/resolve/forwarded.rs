//! The host that a client asked a proxy for, as the proxy hands it on.
//!
//! Which header the proxy writes is configuration, and only that one is read: a proxy that writes `X-Forwarded-Host` lets a client's
//! `Forwarded` through as it came, and the other way round.
//!
//! | header | what counts | why |
//! |---|---|---|
//! | `Forwarded` | the last element of the last line | each proxy adds its own at the end (RFC 7239, section 4), so that one is our peer's, and what stands before it anybody may have written |
//! | `X-Forwarded-Host` | the one value; two lines or a comma are refused | no specification says which member of a list is whose |
//!
//! When the last element has no `host`, or the header is not there, the proxy has said nothing, and `Host` counts, which is the proxy's as
//! well.

use axum::http::{HeaderMap, HeaderName, header};

use super::host::{Host, HostError};
use crate::mutants::mutant;

/// The header in which the proxies hand on the host. Only the configured one is read: a proxy that writes the one lets a client's other
/// through as it came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Forwarding {
    /// `Forwarded: for=192.0.2.1;host=acme.example.com` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-Host: acme.example.com`.
    XForwardedHost,
}

/// Why what a proxy has handed on cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(in crate::layers) enum ForwardedError {
    #[error("the header Forwarded is not written as RFC 7239 says")]
    Syntax,
    #[error("the header X-Forwarded-Host stands there twice")]
    Twice,
    #[error("the forwarded host is none: {0}")]
    Host(#[from] HostError),
}

/// The most parameters of an element. There are four, and room for extensions.
const MAX_PARAMETERS: usize = 16;

const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What the proxy has handed on, if it has.
pub(super) fn host(forwarding: Forwarding, headers: &HeaderMap) -> Result<Option<Host>, ForwardedError> {
    match forwarding {
        Forwarding::XForwardedHost => {
            let mut values = headers.get_all(X_FORWARDED_HOST).iter();
            let Some(first) = values.next() else { return Ok(None) };
            if values.next().is_some() && !mutant!("resolve_forwarded_twice") {
                return Err(ForwardedError::Twice);
            }
            Ok(Some(Host::parse(first)?))
        }
        Forwarding::Forwarded => {
            let mut last = None;
            for element in forwarded(headers)? {
                if last.is_none() || !mutant!("resolve_forwarded_first") {
                    last = Some(element.host);
                }
            }
            Ok(last.flatten().map(Host::parse).transpose()?)
        }
    }
}

/// The `for` of each element of `Forwarded`, in their order.
pub(in crate::layers) fn clients(headers: &HeaderMap) -> Result<Vec<Option<String>>, ForwardedError> {
    Ok(forwarded(headers)?.into_iter().map(|element| element.client).collect())
}

/// The elements of all lines. Several lines are one list (RFC 9110, section 5.3). Each must be well-formed by itself, so that an open
/// quotation mark of a client swallows nothing of what a proxy has written in a line of its own.
fn forwarded(headers: &HeaderMap) -> Result<Vec<Element>, ForwardedError> {
    let mut all = Vec::new();
    for line in headers.get_all(header::FORWARDED) {
        all.extend(elements(line.to_str().map_err(|_| ForwardedError::Syntax)?)?);
    }
    Ok(all)
}

/// The elements of a line: `[ element ] *( "," [ element ] )`, where an element is `[ pair ] *( ";" [ pair ] )`.
fn elements(line: &str) -> Result<Vec<Element>, ForwardedError> {
    let (mut elements, mut element, mut rest) = (Vec::new(), Element::default(), line);
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if !rest.starts_with([',', ';']) && !rest.is_empty() {
            rest = element.pair(rest)?.trim_start_matches([' ', '\t']);
        }
        let mut characters = rest.chars();
        match characters.next() {
            Some(';') => {}
            end @ (Some(',') | None) => {
                // An empty element is none (RFC 9110, section 5.6.1).
                let element = std::mem::take(&mut element);
                if !element.seen.is_empty() {
                    elements.push(element);
                }
                if end.is_none() {
                    return Ok(elements);
                }
            }
            Some(_) => return Err(ForwardedError::Syntax),
        }
        rest = characters.as_str();
    }
}

#[derive(Default)]
struct Element {
    /// The parameters so far, lower-case. A second one of a name is an error (RFC 7239, section 4).
    seen: Vec<String>,
    host: Option<String>,
    client: Option<String>,
}

impl Element {
    /// Reads `token "=" ( token / quoted-string )`, and returns what follows.
    fn pair<'l>(&mut self, text: &'l str) -> Result<&'l str, ForwardedError> {
        let (name, rest) = token(text)?;
        let rest = rest.strip_prefix('=').ok_or(ForwardedError::Syntax)?;
        let (value, rest) = match rest.strip_prefix('"') {
            Some(rest) => quoted(rest)?,
            None => token(rest).map(|(value, rest)| (value.to_owned(), rest))?,
        };
        let name = name.to_ascii_lowercase();
        if self.seen.contains(&name) || self.seen.len() == MAX_PARAMETERS {
            return Err(ForwardedError::Syntax);
        }
        match &*name {
            "host" => self.host = Some(value),
            "for" => self.client = Some(value),
            _ => {}
        }
        self.seen.push(name);
        Ok(rest)
    }
}

/// A token (RFC 9110, section 5.6.2) and what follows it.
fn token(text: &str) -> Result<(&str, &str), ForwardedError> {
    let is_other = |c: char| !(c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c));
    let (token, rest) = text.split_at(text.find(is_other).unwrap_or(text.len()));
    if token.is_empty() { Err(ForwardedError::Syntax) } else { Ok((token, rest)) }
}

/// The rest of a quoted string (RFC 9110, section 5.6.4) behind its first quotation mark, and what follows it.
fn quoted(text: &str) -> Result<(String, &str), ForwardedError> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next() {
            Some('"') => return Ok((value, characters.as_str())),
            Some('\\') => value.push(characters.next().ok_or(ForwardedError::Syntax)?),
            Some(character) => value.push(character),
            None => return Err(ForwardedError::Syntax),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn read(forwarding: Forwarding, name: &'static str, lines: &[&str]) -> Result<Option<String>, ForwardedError> {
        let headers = lines.iter().map(|line| (HeaderName::from_static(name), HeaderValue::from_str(line).unwrap())).collect();
        Ok(host(forwarding, &headers)?.map(|host| host.to_string()))
    }

    fn forwarded(lines: &[&str]) -> Result<Option<String>, ForwardedError> {
        read(Forwarding::Forwarded, "forwarded", lines)
    }

    #[test]
    fn the_last_element_counts() {
        for (lines, host) in [
            (&[][..], None),
            (&["host=acme.example.com"], Some("acme.example.com")),
            (&["for=192.0.2.1;host=acme.example.com;proto=https"], Some("acme.example.com")),
            (&["For=192.0.2.1; HOST=\"acme.example.com:8443\""], Some("acme.example.com")),
            (&["host=evil.example, for=10.0.0.1;host=acme.example.com"], Some("acme.example.com")),
            (&["host=evil.example", "host=acme.example.com"], Some("acme.example.com")),
            (&["host=\"a, host=evil.example\", host=acme.example.com"], Some("acme.example.com")),
            (&["host=evil.example, for=10.0.0.1"], None),
            (&["host=acme.example.com, , "], Some("acme.example.com")),
            (&["host=\"ac\\me.example.com\""], Some("acme.example.com")),
            (&["for=_hidden;by=unknown"], None),
            (&["for=\"[2001:db8::1]:4711\";host=\"[::1]:80\""], Some("[::1]")),
            (&[" ;; host=acme.example.com ;"], Some("acme.example.com")),
        ] {
            assert_eq!(forwarded(lines), Ok(host.map(str::to_owned)), "{lines:?}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for line in [
            "host",
            "host=",
            "host =acme.example.com",
            "host=acme.example.com evil",
            "host=acme.example.com;host=evil.example",
            "host=acme.example.com:80",
            "host=\"acme.example.com",
            "host=\"acme.example.com\\",
            "host=\"acme.example.com\"x",
            "=acme.example.com",
            // A client's open quotation mark before what a proxy appends.
            "for=\"x, for=\"[2001:db8::1]\";host=acme.example.com",
            "host=\"evil.example, for=192.0.2.1;host=acme.example.com",
        ] {
            assert_eq!(forwarded(&[line]), Err(ForwardedError::Syntax), "{line}");
        }
        let many = (0..17).map(|number| format!("p{number}=x")).collect::<Vec<_>>().join(";");
        assert_eq!(forwarded(&[&many]), Err(ForwardedError::Syntax));
        assert_eq!(forwarded(&["host=\"evil.example", "host=acme.example.com"]), Err(ForwardedError::Syntax));
        assert_eq!(forwarded(&["host=\"a@b.example\""]), Err(ForwardedError::Host(HostError::Userinfo)));
    }

    #[test]
    fn x_forwarded_host_has_one_value() {
        let read = |lines: &[&str]| read(Forwarding::XForwardedHost, "x-forwarded-host", lines);
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["ACME.example.com:443"]), Ok(Some("acme.example.com".to_owned())));
        assert_eq!(read(&["evil.example", "acme.example.com"]), Err(ForwardedError::Twice));
        assert_eq!(read(&["evil.example, acme.example.com"]), Err(ForwardedError::Host(HostError::List)));
        assert_eq!(read(&[""]), Err(ForwardedError::Host(HostError::Empty)));
    }

    proptest! {
        /// Whatever a client has written before, well-formed or not, the host is the proxy's, or the request is refused.
        #[test]
        fn a_client_does_not_get_past_what_the_proxy_appends(before in "[a-z=;,\" \\\\.:]{0,24}", quoted in any::<bool>()) {
            let own = if quoted { "for=\"[2001:db8::1]\";host=\"acme.example.com:443\"" } else { "for=192.0.2.1;host=acme.example.com" };
            if let Ok(host) = forwarded(&[&format!("{before}, {own}")]) {
                prop_assert_eq!(host.as_deref(), Some("acme.example.com"));
            }
        }

        #[test]
        fn any_line_is_read_or_refused(line in "[ -~]{0,64}") {
            let _ = elements(&line);
        }
    }
}
