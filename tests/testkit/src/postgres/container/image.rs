//! Which image a container is made of.

use std::env;
use std::time::Duration;

use futures_util::TryStreamExt;
use testcontainers::bollard::Docker;
use testcontainers::bollard::errors::Error;
use testcontainers::bollard::query_parameters::CreateImageOptionsBuilder;

use crate::postgres::version::Version;
use crate::postgres::{FindError, IMAGE_VARIABLE};

/// How long a registry may take to hand over an image.
const PATIENCE: Duration = Duration::from_secs(300);

/// The image that the variable names; else the first that is on this machine, newest version first, and of one version the official image
/// before one that was built here; else the official one of the newest version, from a registry.
pub(super) async fn choose(docker: &Docker, wanted: Option<Version>, endpoint: &str) -> Result<String, FindError> {
    let variable = |problem: &str| FindError::Variable { variable: IMAGE_VARIABLE, problem: problem.to_owned() };
    let named = match env::var_os(IMAGE_VARIABLE).filter(|value| !value.is_empty()) {
        Some(value) => Some(value.into_string().map_err(|_| variable("is not UTF-8"))?),
        None => None,
    };
    let candidates = match &named {
        Some(image) => vec![image.clone()],
        None => candidates(wanted),
    };
    for image in &candidates {
        match docker.inspect_image(image).await {
            Ok(_) => return Ok(image.clone()),
            Err(Error::DockerResponseServerError { status_code: 404, .. }) => {}
            Err(Error::DockerResponseServerError { status_code: 400, .. }) if named.is_some() => {
                return Err(variable("is no name of an image, such as postgres:18"));
            }
            Err(error) => return Err(super::problem(&format!("Docker at {endpoint}"), &error)),
        }
    }
    let Some(image) = candidates.into_iter().next() else { return Err(super::failed("the choice of an image", "there is none")) };
    match pull(docker, &image).await {
        Ok(()) => Ok(image),
        Err(reason) => Err(FindError::NoImage { image, reason }),
    }
}

fn candidates(wanted: Option<Version>) -> Vec<String> {
    let versions = Version::ALL.into_iter().filter(|version| wanted.is_none_or(|wanted| wanted == *version));
    versions.flat_map(|version| [format!("postgres:{version}"), format!("postgres:{version}-local")]).collect()
}

/// The reason is one line, whatever the registry said.
async fn pull(docker: &Docker, image: &str) -> Result<(), String> {
    let (name, tag) = name_and_tag(image);
    let options = CreateImageOptionsBuilder::new().from_image(name).tag(tag).build();
    let pulled = docker.create_image(Some(options), None, None).try_for_each(async |_| Ok(()));
    match tokio::time::timeout(PATIENCE, pulled).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")),
        Err(_) => Err(format!("it did not come within {} seconds", PATIENCE.as_secs())),
    }
}

/// The two halves of `registry:5000/postgres:18`; without a tag, Docker's own default. A digest is a tag in this sense.
pub(super) fn name_and_tag(image: &str) -> (&str, &str) {
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, "latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_split_at_its_tag_and_not_at_its_port() {
        assert_eq!(name_and_tag("postgres:18"), ("postgres", "18"));
        assert_eq!(name_and_tag("registry:5000/postgres"), ("registry:5000/postgres", "latest"));
        assert_eq!(name_and_tag("registry:5000/postgres:18-local"), ("registry:5000/postgres", "18-local"));
        assert_eq!(name_and_tag("postgres@sha256:0123"), ("postgres@sha256", "0123"));
    }

    #[test]
    fn the_version_that_is_wanted_is_the_only_one() {
        let wanted = "16".parse().expect("a version");
        assert_eq!(candidates(Some(wanted)), ["postgres:16", "postgres:16-local"]);
        let all = candidates(None);
        assert_eq!((all.len(), &*all[0], &*all[7]), (8, "postgres:18", "postgres:15-local"));
    }
}
