//! What the routes know of a request before they read its body.

use std::net::IpAddr;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::cookies;
use super::error::wrong;
use crate::http::{Challenge, Problem, TenantSlot};
use crate::layers::authenticate::{Authenticated, By, same_origin};
use crate::layers::clients;
use crate::mutants::mutant;
use crate::people::PeopleError;
use crate::permissions::Caller;
use crate::schema::TenantId;

/// Somebody, of whom nothing is known but where they knock.
pub(super) struct Visit {
    /// The tenant of the host, or of whatever else names it.
    pub(super) tenant: TenantId,
    /// Whose attempts count.
    pub(super) address: IpAddr,
    /// What is in the cookie of refresh tokens; nothing where it is not there once.
    pub(super) refresh: Zeroizing<Vec<u8>>,
    origin: Result<(), Problem>,
    challenge: HeaderValue,
}

impl Visit {
    /// That no foreign page has sent it.
    pub(super) fn same_origin(&self) -> Result<(), Problem> {
        if mutant!("login_cookie_unguarded") { Ok(()) } else { self.origin.clone() }
    }

    /// The refusal. That of credentials says how to be believed, as every other 401 does.
    pub(super) fn refused(&self, error: PeopleError) -> Problem {
        match error {
            PeopleError::Wrong => self.challenged(wrong()),
            error => error.into(),
        }
    }

    fn challenged(&self, problem: Problem) -> Problem {
        problem.with_header(header::WWW_AUTHENTICATE, self.challenge.clone())
    }

    fn read(parts: &Parts) -> Result<Self, Problem> {
        let tenant = parts.extensions.get::<TenantSlot>().and_then(TenantSlot::tenant).ok_or_else(Problem::no_tenant)?;
        if parts.uri.query().is_some_and(|query| !query.is_empty()) && !mutant!("login_query_read") {
            return Err(no_query());
        }
        Ok(Self {
            tenant,
            address: clients::counted(parts),
            refresh: cookies::presented(&parts.headers),
            origin: same_origin(parts),
            challenge: Challenge::of(&parts.extensions),
        })
    }
}

/// A URL gets into logs, histories and `Referer`, so that nothing that is asked here stands in one.
fn no_query() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid-query", "The query string is not valid")
        .with_detail("the route takes none: what it asks for stands in the body")
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::read(parts)
    }
}

/// A user of the tenant, who has logged in.
pub(super) struct Person {
    pub(super) visit: Visit,
    pub(super) who: Authenticated,
    caller: Option<Caller>,
}

impl Person {
    /// With the roles; 401 where nobody checks permissions, and so nobody has looked for them.
    pub(super) fn caller(&self) -> Result<&Caller, Problem> {
        self.caller.as_ref().ok_or_else(|| self.visit.challenged(Problem::no_caller()))
    }

    pub(super) const fn has_cookie(&self) -> bool {
        matches!(self.who.by, By::Cookie(_))
    }
}

impl<S: Sync> FromRequestParts<S> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let visit = Visit::read(parts)?;
        // Where nobody checks permissions, nobody has compared the two.
        let is_here = |who: &&Authenticated| who.tenant == visit.tenant || mutant!("login_of_any_tenant");
        let who = parts.extensions.get::<Authenticated>().filter(is_here).cloned();
        let Some(who) = who else { return Err(visit.challenged(Problem::no_caller())) };
        // What was lent out does not look at, nor take back, what else was.
        if matches!(who.by, By::Key(_)) && !mutant!("login_by_key") {
            let problem = Problem::new(StatusCode::FORBIDDEN, "person", "The request needs a person who has logged in");
            return Err(problem.with_detail("an API key is not enough, whatever its scopes"));
        }
        let caller = parts.extensions.get::<Caller>().cloned();
        Ok(Self { visit, who, caller })
    }
}

/// Somebody with roles, who gives no more than they have.
pub(super) struct Admin {
    pub(super) visit: Visit,
    pub(super) caller: Caller,
}

impl<S: Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let visit = Visit::read(parts)?;
        let caller = parts.extensions.get::<Caller>().cloned();
        let Some(caller) = caller else { return Err(visit.challenged(Problem::no_caller())) };
        Ok(Self { visit, caller })
    }
}

/// The ids in a path. What is none is a row that does not exist.
pub(super) struct Ids<T>(pub(super) T);

impl<S: Send + Sync> FromRequestParts<S> for Ids<Uuid> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let id: String = in_path(parts, state).await?;
        uuid(&id).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ids<(Uuid, Uuid)> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let (one, other): (String, String) = in_path(parts, state).await?;
        Ok(Self((uuid(&one)?, uuid(&other)?)))
    }
}

async fn in_path<T: DeserializeOwned + Send, S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<T, Problem> {
    let found: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
    found.map(|Path(found)| found).map_err(|_| Problem::not_found())
}

fn uuid(text: &str) -> Result<Uuid, Problem> {
    let hyphenated = if text.len() == 36 { Uuid::try_parse(text).ok() } else { None };
    hyphenated.ok_or_else(Problem::not_found)
}
