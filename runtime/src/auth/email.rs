//! An e-mail address as the name of a person, in one spelling.

use std::fmt;
use std::str::FromStr;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The most bytes of an address (RFC 5321, section 4.5.3.1.3, with erratum 1690).
const LONGEST: usize = 254;
/// The most bytes of a text that is looked at: composition makes texts shorter, by a factor of three at most.
const MOST_READ: usize = 4 * LONGEST;

/// An e-mail address in the one spelling that a person has: without white space around it, in Unicode's composed form and lower case, the part before
/// the `@` as well. Two addresses that differ in case alone are two mailboxes by RFC 5321 and one by what people expect.
///
/// Whether mail arrives there is not looked at. `Debug` does not show it.
///
/// ```
/// use tenantry::people::Email;
///
/// let email: Email = " Ada@Example.COM ".parse()?;
/// assert_eq!(email.as_str(), "ada@example.com");
/// assert!(!format!("{email:?}").contains("ada"));
/// # Ok::<(), tenantry::people::EmailError>(())
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Email(Box<str>);

/// Why a text is not taken for an e-mail address. It does not repeat the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EmailError {
    /// More than 254 bytes.
    #[error("an e-mail address has at most {LONGEST} bytes")]
    TooLong,
    /// Not two parts with one `@` between them, or white space or a control character within.
    #[error("an e-mail address is two parts with one `@` between them, without spaces")]
    Form,
}

impl Email {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > MOST_READ {
            return Err(EmailError::TooLong);
        }
        let composer = ComposingNormalizerBorrowed::new_nfc();
        // Lower case first and last: some small letters compose, and some that are composed have a small letter of several characters.
        let spelled = composer.normalize(&composer.normalize(text).to_lowercase()).to_lowercase();
        if spelled.len() > LONGEST {
            return Err(EmailError::TooLong);
        }
        let is_two_parts = spelled.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
        if !is_two_parts || spelled.contains(|character: char| character.is_control() || character.is_whitespace()) {
            return Err(EmailError::Form);
        }
        Ok(Self(spelled.into()))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<String, EmailError> {
        text.parse::<Email>().map(|email| email.to_string())
    }

    #[test]
    fn an_address_has_one_spelling() {
        for text in ["ada@example.com", "ADA@example.com", "\tAda@EXAMPLE.com\r\n", "\u{a0}ada@example.com\u{2003}"] {
            assert_eq!(read(text).as_deref(), Ok("ada@example.com"), "{text:?}");
        }
        assert_eq!(read("ZOE\u{308}@example.com"), read("zo\u{eb}@example.com"));
        assert_eq!(read("\u{c5}@x"), read("\u{212b}@x"), "the sign of the unit is the letter");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in
            ["", "@", "ada", "@example.com", "ada@", "a@b@c", "a@@b", "a da@example.com", "ada@exa\nmple.com", "ada@x\0", "a\u{2028}@b"]
        {
            assert_eq!(read(text), Err(EmailError::Form), "{text:?}");
        }
        let longest = format!("{}@{}", "a".repeat(64), "b".repeat(189));
        assert_eq!(read(&longest).as_deref(), Ok(&*longest));
        for text in [format!("{longest}c"), format!("{longest}{}", "\u{2003}".repeat(1_000)) + "c", "\u{fb2c}@".repeat(200)] {
            assert_eq!(read(&text), Err(EmailError::TooLong));
        }
        // 257 bytes as they are typed, and 172 composed.
        assert!(read(&format!("{}@b", "e\u{301}".repeat(85))).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again_as_itself(name in vec(any::<char>(), 0..40), host in vec(any::<char>(), 0..40)) {
            let [name, host] = [name, host].map(String::from_iter);
            for text in [name.clone(), format!("{name}@{host}"), format!(" {name}@{host}\n")] {
                let Ok(email) = text.parse::<Email>() else { continue };
                prop_assert_eq!(email.as_str().parse::<Email>(), Ok(email.clone()));
                prop_assert_eq!(email.as_str().matches('@').count(), 1);
                prop_assert!(email.as_str().len() <= LONGEST);
                prop_assert!(!email.as_str().contains(|letter: char| letter.is_whitespace() || letter.is_control()));
            }
        }

        #[test]
        fn case_and_space_around_it_play_no_part(
            name in "[a-zäöüéàñ0-9._+-]{1,20}",
            host in "[a-z0-9.-]{1,20}",
            around in "[ \t\r\n]{0,3}",
        ) {
            let plain = format!("{name}@{host}");
            prop_assert_eq!(read(&format!("{around}{}{around}", plain.to_uppercase())), Ok(plain));
        }
    }
}
