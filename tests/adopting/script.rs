//! What a customer does in an afternoon, over HTTP: the same requests for the service from before and the one from after.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tenantry_tests::outside::Service;

/// Whose the requests are, by `seed.sql`.
#[derive(Clone, Copy)]
pub(crate) struct Customer {
    pub(crate) account: &'static str,
    /// Its first ticket.
    pub(crate) ticket: &'static str,
}

pub(crate) const ACME: Customer =
    Customer { account: "a0000000-0000-4000-8000-000000000000", ticket: "a1100000-0000-4000-8000-000000000000" };
pub(crate) const BOLT: Customer =
    Customer { account: "b0000000-0000-4000-8000-000000000000", ticket: "b1100000-0000-4000-8000-000000000000" };

impl Customer {
    /// Sends a request; the status and the body.
    pub(crate) fn send(self, service: &Service, method: &str, path: &str, body: Option<&Value>) -> (u16, String) {
        service.send(("X-Account", self.account), method, path, body)
    }
}

/// What was asked and what was answered, without what differs from run to run: the key of the new ticket.
pub(crate) fn played(service: &Service, customer: Customer) -> String {
    let mut said = String::new();
    let mut ask = |method: &str, path: &str, body: Option<Value>, new: &str| {
        let (status, answer) = customer.send(service, method, path, body.as_ref());
        let id = serde_json::from_str::<Value>(&answer).ok().and_then(|answer| answer["id"].as_str().map(str::to_owned));
        let new = id.unwrap_or_else(|| new.to_owned());
        let known = |text: &str| if new.is_empty() { text.to_owned() } else { text.replace(&new, "{new}") };
        let _ = writeln!(said, "{method} {} => {status} {}", known(path), known(&answer));
        new
    };
    let old = format!("/tickets/{}", customer.ticket);
    for path in ["/tickets?status=open", "/tickets?status=waiting", &old, "/report", "/export"] {
        ask("GET", path, None, "");
    }
    let ticket = json!({ "email": "ada@example.org", "name": "Ada L.", "subject": "It prints nothing" });
    let id = ask("POST", "/tickets", Some(ticket), "");
    let new = format!("/tickets/{id}");
    let comment = json!({ "author": "Zoe", "body": "Is it plugged in?", "minutes": 7 });
    ask("POST", &format!("{new}/comments"), Some(comment), &id);
    ask("PUT", &format!("{new}/status"), Some(json!("waiting")), &id);
    ask("PUT", &format!("{new}/tags/printer"), None, &id);
    ask("PUT", &format!("{new}/tags/printer"), None, &id);
    ask("PUT", &format!("{new}/tags/urgent"), None, &id);
    ask("GET", &new, None, &id);
    ask("POST", &format!("{new}/merge"), Some(json!({ "into": customer.ticket })), &id);
    ask("DELETE", "/tags/urgent", None, &id);
    for path in [&*new, &*old, "/tickets?status=open", "/tickets?status=closed", "/report", "/export"] {
        ask("GET", path, None, &id);
    }
    // Of a row that is nobody's.
    let nobodys = "/tickets/c0000000-0000-4000-8000-000000000000";
    ask("GET", nobodys, None, "");
    ask("PUT", &format!("{nobodys}/status"), Some(json!("closed")), "");
    ask("PUT", &format!("{nobodys}/tags/urgent"), None, "");
    ask("POST", &format!("{nobodys}/comments"), Some(json!({ "author": "Zoe", "body": "?", "minutes": 1 })), "");
    ask("POST", &format!("{old}/merge"), Some(json!({ "into": "c0000000-0000-4000-8000-000000000000" })), "");
    said
}

/// What was said, for a person: without the archive, and no line longer than a screen is wide.
pub(crate) fn shown(said: &str) -> String {
    let short = |line: &str| if line.chars().count() > 240 { line.chars().take(240).chain(['…']).collect() } else { line.to_owned() };
    let lines: Vec<String> = said.lines().filter(|line| !line.starts_with("Archived ")).map(short).collect();
    lines.join("\n")
}
