//! What a reader of a report might think was shown, and was not.

use tenantry::schema::{Scope, Verb};

use super::Proof;
use super::ground::Ground;
use super::operation::Surface;
use super::parts::Part;

/// Surfaces that no version has yet: nothing about them can be shown.
const NO_SURFACE: &str = "what Tenantry does not have yet, and an application may have added: queues and jobs, caches, idempotency keys, \
                          rate limits, exports, search, files, server-sent events, the audit trail";
/// Of the routes of people, where they are attacked.
const OF_PEOPLE: &str = "of the routes of people: logins in cookies, somebody who is a user of both tenants, tenants that a path, a header or a \
                         domain of their own names, and services that do not hold the claim of a credential against the host";
/// And where they are not.
const NO_PEOPLE: &str = "the routes of people: they are among the attacks, where hand-written SQL and bare SQL are chosen, too";

/// Everything that this proof, with these parts, does not show.
pub(super) fn of(proof: &Proof, ground: &Ground, chosen: &[Part]) -> Vec<String> {
    let mut gaps = vec![
        "hand-written routes and functions that were not given to the proof as operations".to_owned(),
        NO_SURFACE.to_owned(),
        if ground.accounts.is_some() && chosen.contains(&Part::Attacks) { OF_PEOPLE } else { NO_PEOPLE }.to_owned(),
        "who holds the login of the administrator, the owner or the migrator, or changes the service's code".to_owned(),
        "how tenants feel each other's load".to_owned(),
        "marks in values that must meet between tenants (unique keys, 32-bit numbers, dates, words, short texts): there only the model tells".to_owned(),
    ];
    gaps.extend(
        [
            "marks of values in what the attacks and the faults are answered, and in what is logged then: there other tenants' ids are looked for in answers",
            "how many rows others have: plans (EXPLAIN) and the server's own catalogue are searched for no numbers",
            "faults on models other than the one of each kind of operation, in bare SQL and in hand-written operations; attacks on hand-written routes",
        ]
        .map(str::to_owned),
    );
    if let Some(table) = &proof.open {
        gaps.push(format!("row security of {table}: it was switched off for this run"));
    }
    let out: Vec<String> =
        Surface::ALL.into_iter().filter(|surface| !ground.surfaces.contains(surface)).map(|surface| surface.to_string()).collect();
    if !out.is_empty() {
        gaps.push(format!("surfaces that were not chosen: {}", out.join(", ")));
    }
    if !chosen.contains(&Part::Timing) {
        gaps.push("how long an answer takes".to_owned());
    }
    gaps.push(if chosen.contains(&Part::Mutants) {
        "weakenings of code: they run only in Tenantry's own workspace, where the library is built with them".to_owned()
    } else {
        "that the proof would have noticed: mutants were not chosen, and those of code run only in Tenantry's own workspace".to_owned()
    });
    let left_out: Vec<String> = [Part::Workload, Part::Attacks, Part::Faults]
        .into_iter()
        .filter(|part| !chosen.contains(part))
        .map(|part| part.to_string())
        .collect();
    if !left_out.is_empty() {
        gaps.push(format!("parts that were not chosen: {}", left_out.join(", ")));
    }
    let unlisted: Vec<&str> =
        ground.world.models.iter().filter(|def| def.scope == Scope::Tenant && !def.routes.has(Verb::List)).map(|def| def.table).collect();
    if !unlisted.is_empty() {
        gaps.push(format!("the tenant's view over HTTP of tables without a list route: {}", unlisted.join(", ")));
    }
    if !ground.bypasses {
        gaps.push("rows that no tenant's own context shows: there is no login here that would see them".to_owned());
    }
    if proof.principals.around.is_some() {
        gaps.push(
            "forged, doubled and malformed tokens or headers: the application has callers of its own, whose form is not known".to_owned(),
        );
    }
    gaps
}
