//! Connection URLs that do not show their password.

use std::fmt;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use url::Url;

/// The URL of a database and a login, `postgres://user:password@host:port/database?sslmode=…`. `Debug` and `Display` leave the password
/// and the parameters out.
#[derive(Clone, Eq, PartialEq)]
pub struct DatabaseUrl(Url);

/// Why a text is not the URL of a database. The text itself is not repeated, since it may hold a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// No URL at all.
    #[error("is not a URL such as postgres://user:password@host:5432/database")]
    Form,
    /// Another scheme.
    #[error("must start with postgres:// or postgresql://")]
    Scheme,
    /// A parameter that the driver refuses, such as an unknown `sslmode`.
    #[error("has a part or a parameter that the driver does not understand")]
    Parameter,
}

impl DatabaseUrl {
    /// The same server and database with another login.
    #[must_use]
    pub fn with_login(&self, user: &str, password: &str) -> Self {
        let mut url = self.without_parameters(&["user", "password"]);
        // Both refuse a URL without a host (a Unix socket): the login travels as parameters there.
        let placed = url.set_username(user).is_ok() && url.set_password(Some(password)).is_ok();
        if !placed {
            url.query_pairs_mut().append_pair("user", user).append_pair("password", password);
        }
        Self(url)
    }

    /// The same server and login with another database.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let mut url = self.without_parameters(&["dbname"]);
        // It fails only for a URL that cannot be a base, which parsing has refused.
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().push(name);
        }
        Self(url)
    }

    /// What the driver connects with.
    ///
    /// # Errors
    /// When a parameter is unknown to the driver.
    pub fn options(&self) -> Result<PgConnectOptions, UrlError> {
        PgConnectOptions::from_str(self.0.as_str()).map_err(|_| UrlError::Parameter)
    }

    /// The same login and database by way of something on this machine's loopback interface, which speaks without TLS.
    #[must_use]
    pub(crate) fn by_way_of(&self, port: u16) -> Self {
        let mut url = self.without_parameters(&["host", "hostaddr", "port", "sslmode", "ssl-mode"]);
        // Neither fails for a URL that can be a base, which `from_str` has made sure of.
        let _ = url.set_host(Some("127.0.0.1"));
        let _ = url.set_port(Some(port));
        url.query_pairs_mut().append_pair("sslmode", "disable");
        Self(url)
    }

    /// The whole URL with its password, to be handed to a driver or to a child's environment and to nothing that is shown or kept.
    #[must_use]
    pub fn expose_with_password(&self) -> &str {
        self.0.as_str()
    }

    /// The URL without these parameters, which would override what stands before them.
    fn without_parameters(&self, names: &[&str]) -> Url {
        let mut url = self.0.clone();
        let kept: Vec<_> = self.0.query_pairs().filter(|(name, _)| !names.contains(&&**name)).collect();
        if kept.is_empty() {
            url.set_query(None);
        } else {
            url.query_pairs_mut().clear().extend_pairs(kept);
        }
        url
    }
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text).map_err(|_| UrlError::Form)?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(UrlError::Scheme);
        }
        if url.cannot_be_a_base() {
            return Err(UrlError::Form);
        }
        let url = Self(url);
        url.options()?;
        Ok(url)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = self.options().map_err(|_| fmt::Error)?;
        write!(f, "postgres://{}@", options.get_username())?;
        match options.get_socket() {
            Some(socket) => write!(f, "[{}]", socket.display())?,
            None => write!(f, "{}:{}", options.get_host(), options.get_port())?,
        }
        write!(f, "/{}", options.get_database().unwrap_or_default())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> DatabaseUrl {
        text.parse().expect("is a URL")
    }

    #[test]
    fn login_and_database_are_swapped_and_escaped() {
        let swapped = url("postgres://root:old@127.0.0.1:5433/postgres?sslmode=disable").with_login("a b", "p@ss/#?").with_database("d/1");
        assert_eq!(swapped.expose_with_password(), "postgres://a%20b:p%40ss%2F%23%3F@127.0.0.1:5433/d%2F1?sslmode=disable");
        assert_eq!(swapped.options().expect("is fine").get_database(), Some("d/1"));
    }

    #[test]
    fn parameters_do_not_override_what_was_swapped() {
        let swapped = url("postgres://h/d?user=root&password=old&dbname=x").with_login("app", "new").with_database("e");
        assert_eq!(swapped.expose_with_password(), "postgres://app:new@h/e");
    }

    #[test]
    fn a_socket_keeps_its_parameter() {
        let swapped = url("postgres:///d?host=/run/postgresql").with_login("app", "new").with_database("e");
        let options = swapped.options().expect("is fine");
        assert_eq!((options.get_username(), options.get_database()), ("app", Some("e")));
        assert_eq!(options.get_socket().map(|path| path.display().to_string()), Some("/run/postgresql".to_owned()));
    }

    #[test]
    fn the_password_is_never_shown() {
        for text in ["postgres://u:geheim@h/d", "postgres://u@h/d?password=geheim"] {
            let shown = format!("{0} {0:?} {0:#?}", url(text));
            assert!(!shown.contains("geheim") && shown.contains("postgres://u@h:5432/d"), "{shown}");
        }
    }

    #[test]
    fn other_texts_are_refused_and_not_repeated() {
        for (text, error) in [
            ("", UrlError::Form),
            ("host=localhost password=geheim", UrlError::Form),
            ("postgres:geheim", UrlError::Form),
            ("mysql://u:geheim@h/d", UrlError::Scheme),
            ("postgres://u:geheim@h/d?sslmode=geheim", UrlError::Parameter),
            ("postgres://u:geheim@h:99999/d", UrlError::Form),
        ] {
            let refused = text.parse::<DatabaseUrl>().expect_err(text);
            assert_eq!(refused, error, "{text}");
            assert!(!refused.to_string().contains("geheim"));
        }
    }
}
