//! What the hand-written routes take from a request: parameters, the id in a path, a period, the length of a list.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tenantry::http::{FieldError, Place, Problem};
use tenantry::{Date, Error, Id};

/// The longest period that a report covers, in days: ten years.
const MAX_DAYS: i32 = 3_653;
/// The most rows that a list has.
const MAX_ROWS: i64 = 200;

/// The parameters of the query string. One that is missing, unknown or of another form is answered with 400, and its name.
#[derive(Debug)]
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match axum::extract::Query::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(refused(&rejection)),
        }
    }
}

fn refused(rejection: &QueryRejection) -> Problem {
    type Cause = serde_path_to_error::Error<serde::de::value::Error>;
    let causes = std::iter::successors(std::error::Error::source(rejection), |error| error.source());
    let Some(cause) = causes.take(4).find_map(|error| error.downcast_ref::<Cause>()) else {
        return Problem::invalid_query(FieldError::new(Place::Parameter(String::new()), "form", "is not a query string").into());
    };
    let detail = cause.inner().to_string();
    // A parameter that is missing has no path; serde names it in backquotes.
    let named = cause.path().iter().next().map(ToString::to_string);
    let name = named.or_else(|| detail.split('`').nth(1).map(str::to_owned)).unwrap_or_default();
    let name = name.chars().take(64).collect();
    // What was sent is not repeated; what is expected stands behind it.
    let detail = if detail.len() > 200 { "is not a value that this parameter takes".to_owned() } else { detail };
    Problem::invalid_query(FieldError::new(Place::Parameter(name), "form", detail).into())
}

/// The id in a path. What is none is a row that does not exist.
#[derive(Debug)]
pub(crate) struct RowId<T>(pub(crate) Id<T>);

impl<T, S: Send + Sync> FromRequestParts<S> for RowId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let id: Result<Path<uuid::Uuid>, PathRejection> = Path::from_request_parts(parts, state).await;
        id.map(|Path(id)| Self(Id::from_uuid(id))).map_err(|_| Problem::not_found())
    }
}

/// The days of a report, both included.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Period {
    /// Checks that it goes forward, and not over more than ten years.
    ///
    /// # Errors
    /// A rule that names what is wrong with it.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        let days = self.to.pg_days() - self.from.pg_days();
        if days < 0 {
            return Err(Error::rule("period", "", "a period ends on the day of its beginning or later"));
        }
        if days > MAX_DAYS {
            return Err(Error::rule("period", "", "a period has at most ten years"));
        }
        Ok(self)
    }
}

/// How many rows are asked for: 1 to 200, 50 when nothing is said.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub struct Limit(i64);

impl Limit {
    /// As it is bound.
    #[must_use]
    pub const fn rows(self) -> i64 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<i64> for Limit {
    type Error = &'static str;

    fn try_from(rows: i64) -> Result<Self, Self::Error> {
        if (1..=MAX_ROWS).contains(&rows) { Ok(Self(rows)) } else { Err("must be within 1 and 200") }
    }
}
