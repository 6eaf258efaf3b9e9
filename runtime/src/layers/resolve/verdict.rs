//! What follows from what the names of a request were found to be.
//!
//! | the request | answer |
//! |---|---|
//! | names one active tenant, once or more often | it is served |
//! | names no tenant at all | 401, as for a request behind no layer |
//! | names a tenant that does not exist, one that is not active, or different ones | 404, the same bytes as for a row or a path that does not exist |
//!
//! Names that disagree are never ranked: a claim for one tenant at the host of another is a mistake or an attack, and serving either would
//! be wrong. That it is 404 and not 403 is on purpose: 403 would tell a stranger that the other name is a tenant's.

use super::lookup::Found;
use crate::http::Problem;
use crate::mutants::mutant;
use crate::schema::TenantId;

/// Why a request is not served. An outsider does not learn which of the last three it was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Refusal {
    Unnamed,
    Unknown,
    Different,
    Inactive,
}

/// The one active tenant that all of the names are.
pub(super) fn agree(found: &[Option<Found>]) -> Result<TenantId, Refusal> {
    let Some((first, others)) = found.split_first() else { return Err(Refusal::Unnamed) };
    let first = first.ok_or(Refusal::Unknown)?;
    if mutant!("resolve_ranked") {
        return Ok(first.tenant);
    }
    for other in others {
        if other.ok_or(Refusal::Unknown)?.tenant != first.tenant {
            return Err(Refusal::Different);
        }
    }
    let active = found.iter().flatten().all(|found| found.active);
    if active || mutant!("resolve_inactive_served") { Ok(first.tenant) } else { Err(Refusal::Inactive) }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        tracing::debug!(?refusal, "the tenant of a request was not resolved");
        match refusal {
            Refusal::Unnamed => Self::no_tenant(),
            Refusal::Unknown if mutant!("resolve_unknown_told") => Self::no_tenant(),
            Refusal::Inactive if mutant!("resolve_inactive_told") => Self::unavailable(1),
            Refusal::Different if mutant!("resolve_different_told") => Self::no_caller(),
            Refusal::Unknown | Refusal::Different | Refusal::Inactive => Self::not_found(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_names_must_be_one_active_tenant() {
        let (acme, other) = (TenantId::generate(), TenantId::generate());
        let active = |tenant| Some(Found { tenant, active: true });
        let inactive = |tenant| Some(Found { tenant, active: false });
        for (found, verdict) in [
            (&[][..], Err(Refusal::Unnamed)),
            (&[active(acme)], Ok(acme)),
            (&[active(acme), active(acme), active(acme)], Ok(acme)),
            (&[None], Err(Refusal::Unknown)),
            (&[active(acme), None], Err(Refusal::Unknown)),
            (&[None, active(acme)], Err(Refusal::Unknown)),
            (&[active(acme), active(other)], Err(Refusal::Different)),
            (&[active(acme), active(acme), active(other)], Err(Refusal::Different)),
            (&[inactive(acme)], Err(Refusal::Inactive)),
            // What is known of a tenant by two names may be of different ages.
            (&[active(acme), inactive(acme)], Err(Refusal::Inactive)),
            (&[inactive(acme), active(other)], Err(Refusal::Different)),
        ] {
            assert_eq!(agree(found), verdict, "{found:?}");
        }
    }

    #[test]
    fn the_refusals_of_a_name_are_one() {
        for refusal in [Refusal::Unknown, Refusal::Different, Refusal::Inactive] {
            assert_eq!(Problem::from(refusal), Problem::not_found());
        }
    }
}
