//! Mail to people: what is sent, and who hands it on.
//!
//! A service implements [`Mailer`] with what it sends mail by, and writes the text: it knows its name, its languages and the address of the
//! page that the token is typed into. [`FileMailer`] is for development, tests, and programs that pick mail up from a folder; [`NoMailer`] for
//! a service that sends none.
//!
//! ```
//! use tenantry::people::{Mail, MailError, MailKind, Mailer};
//!
//! /// Prints whom it would write to.
//! struct Printer;
//!
//! impl Mailer for Printer {
//!     async fn send(&self, mail: Mail) -> Result<(), MailError> {
//!         match &mail.kind {
//!             MailKind::Invitation { .. } => println!("an invitation"),
//!             MailKind::Reset { .. } => println!("a new password"),
//!             _ => return Err(MailError::Refused),
//!         }
//!         Ok(())
//!     }
//! }
//! ```

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::Email;
use crate::mutants::mutant;
use crate::schema::TenantId;

/// What others than the owner must not have: the right to write.
const OTHERS_WRITE: u32 = 0o022;

/// A mail to somebody. Its `Debug` shows no token.
#[derive(Debug)]
pub struct Mail {
    /// To whom.
    pub to: Email,
    /// What about.
    pub kind: MailKind,
}

/// What a mail is about. Whoever has the token is taken for whoever the mail was sent to, once and for as long as it is valid.
#[non_exhaustive]
pub enum MailKind {
    /// Somebody is invited to a tenant.
    Invitation {
        /// To which.
        tenant: TenantId,
        /// What `POST /auth/accept` takes.
        token: Zeroizing<String>,
    },
    /// Somebody wants a new password.
    Reset {
        /// At whose host it was asked for.
        tenant: TenantId,
        /// What `POST /auth/reset/finish` takes.
        token: Zeroizing<String>,
    },
}

/// A mail was not handed on. It says nothing of the mail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The service sends none, or none of that kind.
    #[error("the service sends no such mail")]
    Refused,
    /// The folder is none to which nobody else may write.
    #[error("mail is put into a folder that its owner alone may write to, which {0} is not")]
    Folder(PathBuf),
    /// The address cannot stand in the header of a mail.
    #[error("the address cannot stand in the header of a mail")]
    Address,
    /// A file could not be written.
    #[error("a mail could not be written")]
    Io(#[from] io::Error),
    /// Whatever else keeps a mailer from it.
    #[error("a mail could not be handed on")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Hands mail on.
pub trait Mailer: Send + Sync + 'static {
    /// Sends a mail, or leaves it with somebody who will. Nobody waits for it.
    ///
    /// # Errors
    /// Why it was not handed on, for the log.
    fn send(&self, mail: Mail) -> impl Future<Output = Result<(), MailError>> + Send;
}

impl<M: Mailer> Mailer for Arc<M> {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        M::send(self, mail).await
    }
}

/// Sends nothing: nobody is invited, and nobody gets a new password in this way.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMailer;

impl Mailer for NoMailer {
    async fn send(&self, _: Mail) -> Result<(), MailError> {
        Err(MailError::Refused)
    }
}

/// Puts each mail into a folder, as a file of its own that its owner alone may read: `<uuid>.eml`, with headers and a text as RFC 5322 has them,
/// but for `From` and `Date`, which whoever sends it adds. It is there as a whole or not at all.
#[derive(Clone, Debug)]
pub struct FileMailer {
    folder: PathBuf,
}

impl FileMailer {
    /// Puts mail into that folder, which is made when it is not there.
    ///
    /// # Errors
    /// When it is no folder, cannot be made, or others may write to it: they could put a link where a mail is to be.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self, MailError> {
        let folder = folder.into();
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let mailer = Self { folder };
        mailer.check()?;
        Ok(mailer)
    }

    fn check(&self) -> Result<(), MailError> {
        let found = fs::metadata(&self.folder)?;
        let is_open = found.mode() & OTHERS_WRITE != 0 && !mutant!("login_mail_folder_open");
        if found.is_dir() && !is_open { Ok(()) } else { Err(MailError::Folder(self.folder.clone())) }
    }

    /// Writes it under another name first, so that whoever looks into the folder never finds half a mail.
    fn put(&self, mail: &Mail) -> Result<(), MailError> {
        // Somebody may have opened the folder since.
        self.check()?;
        let id = Uuid::now_v7();
        let text = text(mail, id)?;
        let (unfinished, finished) = (self.folder.join(format!(".{id}")), self.folder.join(format!("{id}.eml")));
        let written = create(&unfinished).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        let moved = written.and_then(|()| fs::rename(&unfinished, &finished));
        if moved.is_err() {
            // Half a mail is nobody's; that it cannot be removed changes nothing about the error.
            let _ = fs::remove_file(&unfinished);
        }
        Ok(moved?)
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mode = if mutant!("login_mail_readable") { 0o644 } else { 0o600 };
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

impl Mailer for FileMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let mailer = self.clone();
        let put = tokio::task::spawn_blocking(move || mailer.put(&mail)).await;
        put.map_err(|error| MailError::Other(error.into()))?
    }
}

fn text(mail: &Mail, id: Uuid) -> Result<Zeroizing<String>, MailError> {
    let (tenant, token, subject, what) = match &mail.kind {
        MailKind::Invitation { tenant, token } => (tenant, token, "Invitation", "You are invited. With this token you can accept, once:"),
        MailKind::Reset { tenant, token } => (tenant, token, "New password", "With this token you can set a new password, once:"),
    };
    let address = mailbox(mail.to.as_str()).ok_or(MailError::Address)?;
    let head = format!("To: {address}\r\nSubject: {subject}\r\nMessage-ID: <{id}@tenantry.invalid>\r\n");
    let form = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
    Ok(Zeroizing::new(format!("{head}{form}X-Tenant: {tenant}\r\n\r\n{what}\r\n\r\n{}\r\n", **token)))
}

/// The address as one mailbox of a header (RFC 5322, section 3.4.1; RFC 6532): a comma in its name must not make it two. `None` when its host is
/// none.
fn mailbox(address: &str) -> Option<String> {
    let (name, host) = address.split_once('@')?;
    let is_plain = |text: &str, more: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || more.contains(c);
        text.split('.').all(|word| !word.is_empty() && word.chars().all(fits))
    };
    if !is_plain(host, "-") || address.contains(char::is_control) {
        return None;
    }
    if is_plain(name, "!#$%&'*+-/=?^_`{|}~") || mutant!("login_mail_unquoted") {
        return Some(format!("<{address}>"));
    }
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    Some(format!("<\"{name}\"@{host}>"))
}

impl fmt::Debug for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, tenant, token) = match self {
            Self::Invitation { tenant, token } => ("Invitation", tenant, token),
            Self::Reset { tenant, token } => ("Reset", tenant, token),
        };
        let mut shown = f.debug_struct(name);
        shown.field("tenant", tenant);
        if mutant!("login_mail_shown") {
            shown.field("token", &token.as_str());
        }
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_mailbox() {
        for (address, written) in [
            ("ada@example.com", Some("<ada@example.com>")),
            ("a.da+tag@sub.example.com", Some("<a.da+tag@sub.example.com>")),
            ("jörg@bücher.example", Some("<jörg@bücher.example>")),
            ("evil,ada@example.com", Some("<\"evil,ada\"@example.com>")),
            ("a>,<b@example.com", Some("<\"a>,<b\"@example.com>")),
            ("a\"b\\c@example.com", Some("<\"a\\\"b\\\\c\"@example.com>")),
            ("a..b@example.com", Some("<\"a..b\"@example.com>")),
            ("ada@example.com>,<eve", None),
            ("ada@", None),
            ("ada@.example", None),
            ("ada\r\nbcc: eve@example.com", None),
            ("ada", None),
        ] {
            assert_eq!(mailbox(address).as_deref(), written, "{address}");
        }
    }
}
