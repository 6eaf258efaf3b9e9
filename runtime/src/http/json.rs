//! The body of a hand-written route, and of its answer.

use std::fmt;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use super::body::{self, Purpose};
use super::{Api, FieldError, Place, Problem};

/// The JSON body of a hand-written route, read whole before a connection is taken, at most 1 MiB of it, and answered with the same problems as the
/// generated routes have: 400 for what is not JSON, 422 for JSON of another form, with the pointer of the value that is to blame.
///
/// As an answer it stays in no cache, like theirs.
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
        read(request, Api::DEFAULT_BODY_LIMIT).await.map(Self)
    }
}

/// Reads a body of at most so many bytes.
pub(crate) async fn read<T: DeserializeOwned>(request: Request, limit: usize) -> Result<T, Problem> {
    let (parts, body): (_, Body) = request.into_parts();
    let bytes = body::read(&parts.headers, body, Purpose::Create, limit).await?;
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| refuse(error.inner(), error.path()))?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body).into_response(),
            Err(error) => {
                // serde_json's message holds no value: what fails here is a map whose keys are no strings, or a Serialize of one's own.
                tracing::error!(%error, "an answer cannot be written as JSON");
                Problem::internal().into_response()
            }
        }
    }
}

/// The longest key and the longest sentence that a problem repeats, in characters: a hostile body cannot make a large answer.
const MAX_KEY: usize = 64;
const MAX_SENTENCE: usize = 512;

fn refuse(error: &serde_json::Error, path: &Path) -> Problem {
    match error.classify() {
        // serde's message names fields and types, and quotes a value only where it is of the wrong type or unknown: the caller's own.
        Category::Data => {
            let detail = error.to_string();
            let sentence = detail.rsplit_once(" at line ").map_or(detail.as_str(), |(sentence, _)| sentence);
            Problem::invalid(FieldError::new(place(path), "form", shortened(sentence)).into())
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

/// The sentence with its middle left out when it is long. What is long is a value that it quotes; what was expected stands behind that.
fn shortened(sentence: &str) -> String {
    let length = sentence.chars().count();
    if length <= MAX_SENTENCE {
        return sentence.to_owned();
    }
    let half = MAX_SENTENCE / 2;
    sentence.chars().take(half).chain(['…']).chain(sentence.chars().skip(length - half)).collect()
}

/// The value that the path leads to, as far as it has names. A key too long to be repeated is left out with what is below it.
fn place(path: &Path) -> Place {
    let key = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()),
        Segment::Enum { variant } => Some(variant.clone()),
        Segment::Unknown => None,
    };
    let keys: Vec<String> = path.iter().map_while(key).take_while(|key| key.chars().nth(MAX_KEY).is_none()).collect();
    Place::pointer(keys.iter().map(String::as_str))
}

impl<T> fmt::Debug for Json<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json(..)")
    }
}
