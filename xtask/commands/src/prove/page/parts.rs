//! The parts of the page that say what was tried: server, models, operations, attacks, faults, timing.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::data::{Attacks, Effect, Fault, Faults, Kind, Model, Opening, Server, Timing, Workload};
use super::render::{Section, count};

pub(super) fn server(server: Option<&Server>) -> Section {
    let text = |value: Option<&String>| value.cloned().unwrap_or_else(|| "not told".to_owned());
    Section {
        id: "server",
        title: "Server and level",
        shows: "the PostgreSQL that the run used, and what its roles could be kept from. What this level leaves open is listed, with \
                what it would take to close it.",
        shows_not: "your production server. Another version, another level or hand-made grants may behave otherwise: run the proof \
                    against one like it.",
        body: html! {
            @if let Some(server) = server {
                div.scroll tabindex="0" role="region" aria-label="Server and level" {
                    table {
                        caption { "The server of this run" }
                        tbody {
                            tr { th scope="row" { "PostgreSQL" } td { (text(server.version.as_ref())) } }
                            tr { th scope="row" { "Where it came from" } td { (text(server.origin.as_ref())) } }
                            tr { th scope="row" { "Level" } td { (text(server.level.as_ref())) } }
                        }
                    }
                }
                (openings(server.leaves_open.as_deref()))
            } @else { (absent("The file does not name the server.")) }
        },
    }
}

fn openings(openings: Option<&[Opening]>) -> Markup {
    html! {
        @match openings {
            None => (absent("The file does not say what the level leaves open.")),
            Some([]) => p { "This level leaves nothing open that the run knows of." },
            Some(openings) => div.scroll tabindex="0" role="region" aria-label="Left open" {
                table {
                    caption { "What this level leaves open" }
                    thead { tr { th scope="col" { "Lacking" } th scope="col" { "Left open by that" } } }
                    tbody { @for opening in openings { tr { th scope="row" { (opening.lacks) } td { (opening.leaves) } } } }
                }
            }
        }
    }
}

pub(super) fn models(models: Option<&[Model]>, workload: Option<&Workload>) -> Section {
    let hand_written = workload.map(|workload| workload.hand_written.as_slice()).unwrap_or_default();
    Section {
        id: "models",
        title: "Models covered",
        shows: "every table that took part, with its generated routes. A table without routes was reached through the repository and by \
                SQL.",
        shows_not: "tables that are not in the list, such as those made by hand. Hand-written routes took part only if they are named \
                    here.",
        body: html! {
            @if let Some(models) = models {
                div.scroll tabindex="0" role="region" aria-label="Models" {
                    table {
                        caption { (count(models.len() as u64)) " models" }
                        thead { tr { th scope="col" { "Model" } th scope="col" { "Table" } th scope="col" { "Routes" } } }
                        tbody {
                            @for model in models {
                                tr {
                                    th scope="row" { (model.name) }
                                    td { code { (model.table) } }
                                    td { @if model.routes.is_empty() { "none" } @else { (model.routes.join(", ")) } }
                                }
                            }
                        }
                    }
                }
                @if hand_written.is_empty() {
                    p { "No hand-written route or function took part." }
                } @else {
                    p { "Hand-written routes and functions that took part: " (hand_written.join(", ")) "." }
                }
            } @else { (absent("The file names no models.")) }
        },
    }
}

/// How many operations there were, as the file says or as its kinds add up.
pub(super) fn total(workload: &Workload) -> Option<u64> {
    let sum = workload.kinds.iter().fold(0_u64, |sum, kind| sum.saturating_add(kind.tried));
    workload.operations.or((sum > 0).then_some(sum))
}

pub(super) fn operations(workload: Option<&Workload>) -> Section {
    Section {
        id: "operations",
        title: "Operations",
        shows: "what the tenants did, drawn at random, and how much of it was accepted. After every step each tenant's view equalled its \
                own model, and \
                the other tenants' rows had not changed.",
        shows_not: "sequences that were not drawn, and operations of kinds that are not listed. A share below 30 % of a kind that was tried 50 \
                    times or more would have turned the run red, as a proof of refusals proves nothing.",
        body: html! {
            @if let Some(workload) = workload {
                (kinds("Operations by kind", workload.kinds.iter().filter(|kind| !kind.attack)))
                dl.facts {
                    @if let Some((least, most)) = workload.tenants {
                        div { dt { "Tenants at the same time" } dd { (least) " to " (most) } }
                    }
                    @if !workload.pools.is_empty() {
                        @let pools: Vec<String> = workload.pools.iter().map(u64::to_string).collect();
                        div { dt { "Connections of the service, from case to case" } dd { (pools.join(", ")) } }
                    }
                    @if !workload.surfaces.is_empty() { div { dt { "Surfaces" } dd { (workload.surfaces.join(", ")) } } }
                    @if let Some(statements) = workload.distinct_statements {
                        div { dt { "Distinct statements" } dd { (count(statements)) } }
                    }
                    @if let Some(lines) = workload.log_lines {
                        div { dt { "Log lines searched for values of rows" } dd { (count(lines)) } }
                    }
                    @if let Some(observer) = &workload.observer { div { dt { "Observed by" } dd { (observer) } } }
                    @if let Some(views) = &workload.views { div { dt { "Views compared" } dd { (views) } } }
                }
            } @else { (absent("No random operations were part of this run.")) }
        },
    }
}

fn kinds<'a>(caption: &str, kinds: impl Iterator<Item = &'a Kind>) -> Markup {
    let kinds: Vec<&Kind> = kinds.collect();
    let sum = |of: fn(&Kind) -> u64| kinds.iter().fold(0_u64, |sum, kind| sum.saturating_add(of(kind)));
    let (tried, accepted, foreign) = (sum(|kind| kind.tried), sum(|kind| kind.accepted), sum(|kind| kind.with_foreign_id));
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "Kind" }
                        th.number scope="col" { "Tried" }
                        th.number scope="col" { "Accepted" }
                        th.number scope="col" { "Share" }
                        th.number scope="col" { "With another tenant’s id" }
                    }
                }
                tbody {
                    @for kind in &kinds {
                        tr {
                            th scope="row" { (kind.kind) }
                            (numbers(kind.tried, kind.accepted, kind.with_foreign_id))
                        }
                    }
                }
                tfoot { tr { th scope="row" { "All" } (numbers(tried, accepted, foreign)) } }
            }
        }
    }
}

fn numbers(tried: u64, accepted: u64, foreign: u64) -> Markup {
    let share = (u128::from(accepted) * 100).checked_div(u128::from(tried)).map_or_else(|| "–".to_owned(), |share| format!("{share} %"));
    html! {
        td.number { (count(tried)) }
        td.number { (count(accepted)) }
        td.number { (share) }
        td.number { (count(foreign)) }
    }
}

pub(super) fn attacks(attacks: Option<&Attacks>, workload: Option<&Workload>) -> Section {
    let mixed: Vec<&Kind> = workload.map(|workload| workload.kinds.iter().filter(|kind| kind.attack).collect()).unwrap_or_default();
    Section {
        id: "attacks",
        title: "Attacks",
        shows: "what was sent on behalf of one tenant to get at another's rows, by surface and kind. None of the attacks counted here \
                got through, but \
                for those that are listed as such.",
        shows_not: "attacks of other kinds, and what the administrator's or the owner's login can do. What the level leaves open was not \
                    held against \
                    the run; it is listed below.",
        body: html! {
            @if let Some(attacks) = attacks {
                h3 { "Got through" }
                @if attacks.violations.is_empty() {
                    p { "None." }
                } @else {
                    ol.script { @for violation in &attacks.violations { li { code { (violation) } } } }
                }
                (attack_kinds(attacks))
                h3 { "Left open at this level" }
                @if attacks.left_open.is_empty() { p { "Nothing that the run knows of." } }
                @else { ul { @for open in &attacks.left_open { li { (open) } } } }
            } @else { (absent("The attacks on their own were not part of this run.")) }
            @if !mixed.is_empty() {
                h3 { "Mixed into the operations" }
                (kinds("Attacks among the random operations", mixed.into_iter()))
                p { "Accepted are those that were done and changed nothing of another tenant’s." }
            }
        },
    }
}

fn attack_kinds(attacks: &Attacks) -> Markup {
    let total = attacks.kinds.iter().fold(0_u64, |sum, kind| sum.saturating_add(kind.tried));
    html! {
        div.scroll tabindex="0" role="region" aria-label="Attacks by kind" {
            table {
                caption { "Attacks by kind" }
                thead { tr { th scope="col" { "Through" } th scope="col" { "Attack" } th.number scope="col" { "Tried" } } }
                tbody {
                    @for kind in &attacks.kinds {
                        @let (through, what) = kind.kind.split_once(": ").unwrap_or(("", &kind.kind));
                        tr { td { (through) } th scope="row" { (what) } td.number { (count(kind.tried)) } }
                    }
                }
                tfoot { tr { th scope="row" colspan="2" { "All" } td.number { (count(total)) } } }
            }
        }
    }
}

pub(super) fn faults(faults: Option<&Faults>) -> Section {
    Section {
        id: "faults",
        title: "Faults",
        shows: "how often something was broken in the middle of an operation, and what became of the operation. What was acknowledged \
                was there, what \
                was not was whole or absent, and the next request on that connection started clean.",
        shows_not: "faults of the disk, the operating system or a second server. Nor does it show that an operation succeeds under a \
                    fault, only that \
                    it does not end half done or in another tenant’s rows.",
        body: html! {
            @if let Some(faults) = faults {
                @let sums = by_fault(&faults.kinds);
                (fates("Faults by kind", "Fault", sums.iter().map(|(fault, sum)| (vec![*fault], *sum))))
                details {
                    summary { "Faults by kind and operation (" (faults.kinds.len()) " rows)" }
                    (by_operation(&faults.kinds))
                }
                @if !faults.left_out.is_empty() {
                    h3 { "Left out for want of time" }
                    ul { @for fault in &faults.left_out { li { (fault) } } }
                }
                @match faults.pooler {
                    Some(true) => p { "PgBouncer in transaction mode was gone through." },
                    Some(false) => p { "PgBouncer was not gone through: it is not installed where the run took place." },
                    None => {},
                }
            } @else { (absent("No faults were part of this run.")) }
        },
    }
}

/// Times, acknowledged, whole, absent.
type Fates = [u64; 4];

/// The sums of each fault over the kinds of operations.
fn by_fault(faults: &[Fault]) -> BTreeMap<&str, Fates> {
    let mut sums: BTreeMap<&str, Fates> = BTreeMap::new();
    for fault in faults {
        let sum = sums.entry(&fault.fault).or_default();
        for (sum, more) in sum.iter_mut().zip(fates_of(fault)) {
            *sum = sum.saturating_add(more);
        }
    }
    sums
}

const fn fates_of(fault: &Fault) -> Fates {
    [fault.times, fault.acknowledged, fault.whole, fault.absent]
}

fn by_operation(faults: &[Fault]) -> Markup {
    let rows = faults.iter().map(|fault| (vec![fault.fault.as_str(), fault.operation.as_str()], fates_of(fault)));
    fates("Faults by kind and operation", "Fault, operation", rows)
}

fn fates<'a>(caption: &str, names: &str, rows: impl Iterator<Item = (Vec<&'a str>, Fates)>) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead {
                    tr {
                        @for name in names.split(", ") { th scope="col" { (name) } }
                        th.number scope="col" { "Times" }
                        th.number scope="col" { "Done and told" }
                        th.number scope="col" { "Done and not told" }
                        th.number scope="col" { "Not done" }
                    }
                }
                tbody {
                    @for (names, fates) in rows {
                        tr {
                            @for name in names { th scope="row" { (name) } }
                            @for fate in fates { td.number { (count(fate)) } }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn timing(timing: Option<&[Timing]>) -> Section {
    Section {
        id: "timing",
        title: "Timing",
        shows: "whether another tenant’s id takes longer to be refused than an id that nobody has. Cliff’s delta is 0 when neither is \
                the slower more \
                often, and 1 or −1 when one always is; the interval holds the true value in 99 of 100 such measurements.",
        shows_not: "a proof that time tells nothing: it was measured on one machine, without a network, and made no run red. An interval \
                    that holds 0 \
                    means that no difference was seen in so many pairs.",
        body: html! {
            @match timing {
                Some(timing) if !timing.is_empty() => (timings(timing)),
                _ => (absent("No times were compared in this run.")),
            }
        },
    }
}

fn timings(timing: &[Timing]) -> Markup {
    let micros = |median: Option<f64>| median.map_or_else(|| "–".to_owned(), |median| format!("{median:.0} µs"));
    html! {
        div.scroll tabindex="0" role="region" aria-label="Timing" {
            table {
                caption { "Another tenant’s id against a random one" }
                thead {
                    tr {
                        th scope="col" { "Request" }
                        th.number scope="col" { "Pairs" }
                        th.number scope="col" { "Cliff’s delta" }
                        th.number scope="col" { "99 % interval" }
                        th.number scope="col" { "Median, another tenant’s" }
                        th.number scope="col" { "Median, random" }
                        th scope="col" { "In words" }
                    }
                }
                tbody {
                    @for timing in timing {
                        tr {
                            th scope="row" { code { (timing.request) } }
                            td.number { (count(timing.pairs)) }
                            @if let Some(Effect { delta, low, high }) = timing.effect {
                                td.number { (signed(delta)) }
                                td.number { (signed(low)) " to " (signed(high)) }
                            } @else { td.number { "–" } td.number { "–" } }
                            td.number { (micros(timing.foreign_median_us)) }
                            td.number { (micros(timing.random_median_us)) }
                            td { (in_words(timing.effect)) }
                        }
                    }
                }
            }
        }
    }
}

fn signed(number: f64) -> String {
    format!("{number:+.3}").replace('-', "−")
}

/// The bounds of J. Romano et al. 2006 ("Appropriate statistics for ordinal level data"), for readers who do not know
/// the number.
fn in_words(effect: Option<Effect>) -> &'static str {
    let Some(Effect { delta, low, high }) = effect else { return "not told" };
    if low <= 0.0 && high >= 0.0 {
        return "no difference seen";
    }
    match delta.abs() {
        size if size < 0.147 => "a difference, negligible",
        size if size < 0.33 => "a difference, small",
        size if size < 0.474 => "a difference, medium",
        _ => "a difference, large",
    }
}

/// What is said in the place of a part that is not there.
pub(super) fn absent(text: &str) -> Markup {
    html! { p.absent { (text) } }
}
