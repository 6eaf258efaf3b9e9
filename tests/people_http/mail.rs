//! Mail in a folder.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tenantry::TenantId;
use tenantry::people::{FileMailer, Mail, MailError, MailKind, Mailer, NoMailer};

const TOKEN: &str = "iv_0123456789abcdef";

fn mail(address: &str) -> Mail {
    let kind = MailKind::Invitation { tenant: TenantId::generate(), token: TOKEN.to_owned().into() };
    Mail { to: address.parse().unwrap(), kind }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn closed() -> tempfile::TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap()
}

#[tokio::test]
async fn a_mail_is_a_file_that_its_owner_alone_reads() {
    let outside = closed();
    let folder = outside.path().join("mail");
    let mailer = FileMailer::new(&folder).unwrap();
    assert_eq!(mode(&folder), 0o700);
    let sent = mail("Ada@Example.com");
    let MailKind::Invitation { tenant, .. } = sent.kind else { panic!("it is an invitation") };
    mailer.send(sent).await.unwrap();
    let found = files(&folder);
    let [file] = &found[..] else { panic!("{found:?}") };
    assert_eq!((mode(file), file.extension().unwrap().to_str()), (0o600, Some("eml")));
    let text = fs::read_to_string(file).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let headers: Vec<&str> = head.split("\r\n").collect();
    assert_eq!(headers[..2], ["To: <ada@example.com>", "Subject: Invitation"]);
    assert!(headers.contains(&"Content-Type: text/plain; charset=utf-8") && headers.contains(&&*format!("X-Tenant: {tenant}")), "{head}");
    assert!(body.contains(&format!("\r\n{TOKEN}\r\n")) && !head.contains(TOKEN), "{text}");
    let kind = MailKind::Reset { tenant, token: "rs_x".to_owned().into() };
    mailer.send(Mail { to: "ada@example.com".parse().unwrap(), kind }).await.unwrap();
    assert_eq!(files(&folder).len(), 2, "each is a file of its own, and nothing half done is left");
}

/// Whoever may write there could put a link where a mail is to be, or read what is moved there.
#[tokio::test]
async fn a_folder_that_others_may_write_to_is_refused() {
    let outside = closed();
    let folder = outside.path().join("mail");
    let mailer = FileMailer::new(&folder).unwrap();
    for open in [0o720, 0o702, 0o777, 0o1777] {
        fs::set_permissions(&folder, Permissions::from_mode(open)).unwrap();
        assert!(matches!(FileMailer::new(&folder), Err(MailError::Folder(_))), "{open:o}");
        assert!(matches!(mailer.send(mail("ada@example.com")).await, Err(MailError::Folder(_))), "{open:o}, opened after it was made");
    }
    assert_eq!(files(&folder).len(), 0);
    for fine in [0o700, 0o750, 0o755] {
        fs::set_permissions(&folder, Permissions::from_mode(fine)).unwrap();
        assert!(FileMailer::new(&folder).is_ok(), "{fine:o}");
    }
    let file = outside.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(FileMailer::new(&file).is_err());
    assert!(FileMailer::new(file.join("below")).is_err());
}

#[tokio::test]
async fn what_cannot_stand_in_a_header_is_not_sent() {
    let folder = closed();
    let mailer = FileMailer::new(folder.path()).unwrap();
    assert!(matches!(mailer.send(mail("ada@example.com>,<eve")).await, Err(MailError::Address)));
    assert_eq!(files(folder.path()).len(), 0);
    mailer.send(mail("eve,ada@example.com")).await.unwrap();
    let text = fs::read_to_string(&files(folder.path())[0]).unwrap();
    assert!(text.starts_with("To: <\"eve,ada\"@example.com>\r\n"), "one mailbox, whatever its name: {text}");
}

#[tokio::test]
async fn no_mailer_refuses_and_no_debug_shows_a_token() {
    assert!(matches!(NoMailer.send(mail("ada@example.com")).await, Err(MailError::Refused)));
    let shown = format!("{:?}", mail("ada@example.com"));
    assert!(shown.contains("Invitation") && !shown.contains(TOKEN) && !shown.contains("ada"), "{shown}");
}
