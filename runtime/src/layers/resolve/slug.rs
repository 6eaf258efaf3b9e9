//! A tenant's slug, in one spelling.

use std::fmt;
use std::str::FromStr;

/// A tenant's short name: a label of a host name (RFC 1123, section 2.1), lower-case. Hosts, headers and paths have one normaliser, this
/// one, and it takes what [`SLUG_PATTERN`](crate::schema::platform::SLUG_PATTERN) allows, in upper case, too.
///
/// ```
/// use tenantry::layers::resolve::Slug;
///
/// assert_eq!("ACME".parse::<Slug>()?.as_str(), "acme");
/// assert!("acme.evil".parse::<Slug>().is_err());
/// # Ok::<(), tenantry::layers::resolve::SlugError>(())
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Slug(Box<str>);

/// The text is no slug.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a slug has 1 to 63 letters of ASCII, digits and hyphens, and no hyphen at an end")]
pub struct SlugError;

impl Slug {
    /// Reads a slug. Nothing is trimmed and nothing is decoded.
    ///
    /// # Errors
    /// When the bytes are no slug.
    pub fn parse(bytes: impl AsRef<[u8]>) -> Result<Self, SlugError> {
        parse(bytes.as_ref())
    }

    /// The slug, lower-case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn parse(bytes: &[u8]) -> Result<Slug, SlugError> {
    let characters = bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    if !(1..=63).contains(&bytes.len()) || !characters || bytes.starts_with(b"-") || bytes.ends_with(b"-") {
        return Err(SlugError);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| SlugError)?;
    Ok(Slug(text.to_ascii_lowercase().into()))
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        Self::parse(text)
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slug({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::schema::platform::SLUG_PATTERN;

    #[test]
    fn what_is_no_label_is_no_slug() {
        let long = "a".repeat(64);
        for text in ["", "-", "-acme", "acme-", "ac me", " acme", "acme ", "acme.", "a.b", "a,b", "a_b", "a%62", "bücher", "a\0", &long] {
            assert_eq!(Slug::parse(text), Err(SlugError), "{text:?}");
        }
        assert_eq!(Slug::parse(b"\xff"), Err(SlugError));
        assert_eq!(Slug::parse("a".repeat(63)).unwrap().as_str().len(), 63);
    }

    proptest! {
        #[test]
        fn what_the_pattern_of_the_database_allows_is_a_slug(
            text in proptest::string::string_regex(SLUG_PATTERN.trim_start_matches('^').trim_end_matches('$')).unwrap()
        ) {
            prop_assert_eq!(Slug::parse(&text).map(|slug| slug.to_string()), Ok(text.clone()));
            prop_assert_eq!(Slug::parse(text.to_ascii_uppercase()).map(|slug| slug.to_string()), Ok(text));
        }

        #[test]
        fn any_bytes_are_a_slug_in_one_spelling_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..70)) {
            if let Ok(slug) = Slug::parse(&bytes) {
                prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
                prop_assert!(bytes.eq_ignore_ascii_case(slug.as_str().as_bytes()));
            }
        }
    }
}
