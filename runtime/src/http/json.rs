//! The body of a hand-written route.

use std::fmt;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use super::body::{self, Purpose};
use super::{Api, FieldError, Place, Problem};

/// The JSON body of a hand-written route, read whole before a connection is taken, with the same limits and the same problems as the
/// generated routes have: 400 for what is not JSON, 422 for JSON of another form, with the pointer of the value that is to blame.
///
/// ```
/// use tenantry::http::{Json, Problem};
///
/// #[derive(serde::Deserialize)]
/// struct Rename { name: String }
///
/// async fn rename(db: tenantry::TenantDb, Json(body): Json<Rename>) -> Result<String, Problem> {
///     Ok(body.name)
/// }
/// ```
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body): (_, Body) = request.into_parts();
        let bytes = body::read(&parts.headers, body, Purpose::Create, Api::DEFAULT_BODY_LIMIT).await?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| refuse(error.inner(), error.path()))?;
        json.end().map_err(|error| malformed(&error))?;
        Ok(Self(value))
    }
}

fn refuse(error: &serde_json::Error, path: &Path) -> Problem {
    match error.classify() {
        // serde's message names fields and types, and quotes a value only where it is of the wrong type or unknown: the caller's own.
        Category::Data => {
            let detail = error.to_string();
            let sentence = detail.split(" at line ").next().unwrap_or_default().to_owned();
            Problem::invalid(FieldError::new(place(path), "form", sentence).into())
        }
        Category::Io | Category::Syntax | Category::Eof => malformed(error),
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed", "The body is not JSON").with_detail(format!(
        "line {}, column {}",
        error.line(),
        error.column()
    ))
}

/// The value that the path leads to, as far as it has names.
fn place(path: &Path) -> Place {
    let key = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()),
        Segment::Enum { variant } => Some(variant.clone()),
        Segment::Unknown => None,
    };
    let keys: Vec<String> = path.iter().map_while(key).collect();
    Place::pointer(keys.iter().map(String::as_str))
}

impl<T> fmt::Debug for Json<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json(..)")
    }
}
