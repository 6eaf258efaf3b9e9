//! What the operator does, recorded: who, what, to which tenant, why.

use std::borrow::Cow;

use sqlx::Arguments as _;
use sqlx::Row as _;
use sqlx::postgres::{PgArguments, PgRow};
use uuid::Uuid;

use super::super::Error;
use super::Platform;
use crate::mutants::mutant;
use crate::schema::{TenantId, Timestamp};

/// The longest name of an operator, in characters.
const MAX_OPERATOR: usize = 100;
/// The shortest and the longest reason, in characters.
const REASON: std::ops::RangeInclusive<usize> = 5..=500;
/// The longest text of what was done, in characters: what its column takes.
const MAX_ACT: usize = 200;
/// The most acts that are listed at once.
const MOST: u32 = 1_000;

/// Who does something, and why. It is checked by whatever takes it, before anything is done.
///
/// ```
/// use tenantry::Act;
///
/// const MOVE: Act<'_> = Act { operator: "ada", reason: "ticket 4711: the customer has left" };
/// # let _ = MOVE;
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Act<'a> {
    /// The name of a person, or of a program: 1 to 100 visible characters.
    pub operator: &'a str,
    /// What for: 5 to 500 characters, white space around them apart, and no control characters.
    pub reason: &'a str,
}

/// An act whose parts are as they must be.
#[derive(Clone, Copy)]
pub(super) struct CheckedAct<'a>(Act<'a>);

impl<'a> Act<'a> {
    pub(super) fn checked(self) -> Result<CheckedAct<'a>, Error> {
        let Act { operator, reason } = self;
        if !is_operator(operator) && !mutant!("platform_act_unchecked") {
            return Err(Error::rule("operator", "/operator", "an operator's name has 1 to 100 visible characters and no space"));
        }
        let reason = reason.trim();
        let is_reason = REASON.contains(&reason.chars().count()) && !reason.chars().any(|char| char.is_control() || is_steering(char));
        if !is_reason && !mutant!("platform_act_unchecked") {
            return Err(Error::rule("reason", "/reason", "a reason has 5 to 500 characters, none of them a control character"));
        }
        Ok(CheckedAct(Act { operator, reason }))
    }
}

impl<'a> CheckedAct<'a> {
    pub(super) const fn operator(&self) -> &'a str {
        self.0.operator
    }

    pub(super) const fn reason(&self) -> &'a str {
        self.0.reason
    }
}

/// Whether the text can name an operator.
pub(crate) fn is_operator(text: &str) -> bool {
    let is_visible = |char: char| !char.is_control() && !char.is_whitespace() && !is_steering(char) && !is_invisible(char);
    !text.is_empty() && text.chars().nth(MAX_OPERATOR).is_none() && text.chars().all(is_visible)
}

/// Characters that change the direction of what follows (Unicode Standard Annex 9): a record would read as something else than it says.
const fn is_steering(char: char) -> bool {
    matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
}

/// Characters of no width: two names that differ by one look alike.
const fn is_invisible(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// What was done, with its middle left out where it is longer than its column takes, as the longest hosts make it.
pub(super) fn shortened(what: &str) -> Cow<'_, str> {
    let length = what.chars().count();
    if length <= MAX_ACT {
        return what.into();
    }
    let (head, tail) = (MAX_ACT / 2, MAX_ACT - MAX_ACT / 2 - 1);
    what.chars().take(head).chain(['…']).chain(what.chars().skip(length - tail)).collect::<String>().into()
}

/// What was done.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PastAct {
    /// Its key.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// To which tenant, which may be gone by now.
    pub tenant: Option<TenantId>,
    /// By whom.
    pub operator: String,
    /// What: a word such as `tenant.suspend`, and the host where it is about one, `domain.add shop.example.com`.
    pub act: String,
    /// Why.
    pub reason: String,
}

impl Platform {
    /// What was done, the newest first: to one tenant, or to all. At most `limit` acts, and never more than 1,000.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn acts(&self, tenant: Option<TenantId>, limit: u32) -> Result<Vec<PastAct>, Error> {
        let text = format!(
            "select id, at, tenant, operator, act, reason from {} where $1::uuid is null or tenant = $1 order by at desc, id desc limit $2",
            self.acts
        );
        let mut arguments = PgArguments::default();
        arguments.add(tenant.map(TenantId::uuid)).map_err(Error::encode)?;
        arguments.add(i64::from(limit.min(MOST))).map_err(Error::encode)?;
        let rows = self.pool.rows(text, arguments).await?;
        rows.iter().map(act).collect()
    }
}

fn act(row: &PgRow) -> Result<PastAct, Error> {
    Ok(PastAct {
        id: row.try_get(0)?,
        at: row.try_get(1)?,
        tenant: row.try_get::<Option<Uuid>, _>(2)?.map(TenantId::from),
        operator: row.try_get(3)?,
        act: row.try_get(4)?,
        reason: row.try_get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::ErrorKind;
    use super::*;

    fn refused(operator: &str, reason: &str) -> Option<String> {
        let error = Act { operator, reason }.checked().err()?;
        let ErrorKind::Rule(rule) = error.kind() else { panic!("{error}") };
        Some(rule.code.to_string())
    }

    #[test]
    fn who_and_why_are_said_so_that_a_person_can_read_it() {
        for operator in ["a", "ada.lovelace", "ci@deploy-2", "Łukasz", &"ñ".repeat(100)] {
            assert_eq!(refused(operator, "ticket 4711"), None, "{operator}");
        }
        for operator in ["", " ", "a b", "a\n", "a\u{0}", "a\u{200b}", "\u{202e}ada", "a\u{a0}b", "\u{feff}", &"ñ".repeat(101)] {
            assert_eq!(refused(operator, "ticket 4711").as_deref(), Some("operator"), "{operator:?}");
        }
        for reason in ["12345", "  12345\t", "they asked for it, by phone", "ünïcödé", &"ñ".repeat(500)] {
            assert_eq!(refused("ada", reason), None, "{reason}");
        }
        for reason in
            ["", "1234", "1234 \n\t  ", "     ", "two\nlines", "a bell\u{7}", "\u{9b}31m red", "\u{202e}desrever", &"ñ".repeat(501)]
        {
            assert_eq!(refused("ada", reason).as_deref(), Some("reason"), "{reason:?}");
        }
    }

    #[test]
    fn a_long_host_is_shortened_in_its_middle() {
        let long = format!("domain.verify_by_hand {}.example", "a".repeat(240));
        let short = shortened(&long);
        assert_eq!(short.chars().count(), MAX_ACT);
        assert!(short.starts_with("domain.verify_by_hand aaa") && short.ends_with("a.example") && short.contains('…'));
        assert_eq!(shortened("tenant.suspend"), "tenant.suspend");
    }

    proptest! {
        #[test]
        fn what_is_taken_has_no_character_that_moves_a_line(operator in ".{0,120}", reason in ".{0,520}") {
            if let Ok(act) = (Act { operator: &operator, reason: &reason }).checked() {
                prop_assert!(!act.operator().chars().chain(act.reason().chars()).any(char::is_control));
                prop_assert!(!act.operator().is_empty() && act.operator().chars().count() <= MAX_OPERATOR);
                prop_assert!(REASON.contains(&act.reason().chars().count()));
            }
        }
    }
}
