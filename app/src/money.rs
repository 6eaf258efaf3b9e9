//! Sums of money.

use tenantry::{Error, Money};

/// The sum that a statement selects. PostgreSQL's `sum(bigint)` is a `numeric` without bounds, so statements hand it over as text:
/// `sum(total)::text`.
///
/// # Errors
/// A rule, when the sum is beyond what [`Money`] holds, as hostile prices make it.
pub(crate) fn sum(amount: &str, currency: &str) -> Result<Money, Error> {
    let too_large = || Error::rule("sum", "", "the sum is too large to be told: ask about less");
    let amount = amount.parse().map_err(|_| too_large())?;
    let currency = currency.parse().map_err(|_| too_large())?;
    Money::new(amount, currency).map_err(|_| too_large())
}
