//! The body of a request: JSON by its content type, and no more than is allowed.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::Problem;
use crate::mutants::mutant;

/// What the body is for. A patch has a media type of its own (RFC 7396).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    Create,
    Patch,
}

/// Reads the whole body, before any connection is taken.
pub(super) async fn read(headers: &HeaderMap, body: Body, purpose: Purpose, limit: usize) -> Result<Bytes, Problem> {
    if !is_json(headers) && !mutant!("http_media") {
        return Err(unsupported(purpose));
    }
    let limit = if mutant!("http_body_unbounded") { usize::MAX } else { limit };
    // What says that it is too long is refused before it is sent; hyper holds a body to the length that it names.
    let named = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if named.is_some_and(|length| length > u64::try_from(limit).unwrap_or(u64::MAX)) {
        return Err(too_large(limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() || caused_by_length(&*error) => Err(too_large(limit)),
        Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "body", "The body could not be read")),
    }
}

/// axum wraps the errors of a body, so the cause may lie deeper; the chain is short.
fn caused_by_length(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).take(8).any(|error| error.is::<LengthLimitError>())
}

fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large")
        .with_detail(format!("a body may have at most {limit} bytes"))
}

fn unsupported(purpose: Purpose) -> Problem {
    let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "The media type is not supported");
    let (name, value) = match purpose {
        Purpose::Create => (header::HeaderName::from_static("accept-post"), "application/json"),
        Purpose::Patch => (header::HeaderName::from_static("accept-patch"), "application/merge-patch+json, application/json"),
    };
    problem.with_detail("the content type must be application/json, without an encoding").with_header(name, HeaderValue::from_static(value))
}

/// Whether the headers announce plain JSON: one content type, `application/json` or one that ends in `+json` (RFC 6839), in UTF-8 and
/// not compressed. A JSON patch (RFC 6902) is another language than ours and is not taken for it.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else {
        return false;
    };
    let Ok(text) = only.to_str() else {
        return false;
    };
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    let essence = parts.next().unwrap_or_default();
    let subtype = essence.strip_prefix("application/").unwrap_or_default();
    let json = subtype == "json" || (subtype.ends_with("+json") && subtype != "json-patch+json");
    let utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some(("charset", charset)) => charset.trim_matches('"') == "utf-8",
        _ => true,
    });
    json && utf8 && headers.get_all(header::CONTENT_ENCODING).iter().all(|encoding| encoding == "identity")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(headers: &[(header::HeaderName, &str)]) -> bool {
        let headers: HeaderMap = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        is_json(&headers)
    }

    #[test]
    fn plain_json_is_taken() {
        for value in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "application/merge-patch+json",
            "application/vnd.acme+json",
        ] {
            assert!(accepts(&[(header::CONTENT_TYPE, value)]), "{value}");
        }
        assert!(accepts(&[(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "identity")]));
    }

    #[test]
    fn everything_else_is_not() {
        for value in [
            "",
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "application/json-patch+json",
            "application/jsonp",
            "application/json; charset=utf-16",
            "application/json, text/plain",
        ] {
            assert!(!accepts(&[(header::CONTENT_TYPE, value)]), "{value}");
        }
        assert!(!accepts(&[]));
        assert!(!accepts(&[(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")]));
        let mut twice = HeaderMap::new();
        twice.append(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        twice.append(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        assert!(!is_json(&twice));
    }
}
