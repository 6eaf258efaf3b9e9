//! The parts of the page about deliberate weakenings: who noticed each, and by which statements.

use maud::{Markup, html};

use super::data::{Caught, CodeMutant, CodeMutants, Mutant, Mutants};
use super::parts::absent;
use super::render::{Section, count};

/// How a weakening may have been noticed, as the file and as the page names it. The first that did counts.
const WAYS: [(&str, &str); 3] = [("behaviour", "behaviour"), ("start_up", "start-up"), ("linter", "linter")];

/// How many weakenings of the database nobody noticed: as the file counts them or as they are listed, whichever is more.
pub(super) fn survivors(mutants: &Mutants) -> usize {
    let listed = mutants.mutants.iter().filter(|mutant| mutant.caught.is_empty()).count();
    listed.max(usize::try_from(mutants.survivors).unwrap_or(usize::MAX))
}

/// How many weakenings of the code a test that is named for it did not notice.
pub(super) fn code_survivors(code: &CodeMutants) -> usize {
    code.mutants.iter().filter(|mutant| !mutant.noticed()).count()
}

/// "98 of 98", over both files.
pub(super) fn score(mutants: Option<&Mutants>, code: Option<&CodeMutants>) -> String {
    if mutants.is_none() && code.is_none() {
        return "not run".to_owned();
    }
    let all = mutants.map_or(0, |mutants| mutants.mutants.len()) + code.map_or(0, |code| code.mutants.len());
    let survivors = mutants.map_or(0, survivors).saturating_add(code.map_or(0, code_survivors));
    format!("{} of {}", count(all.saturating_sub(survivors) as u64), count(all as u64))
}

impl Mutant {
    /// How it was noticed first; none for a survivor.
    fn noticed(&self) -> Option<&Caught> {
        WAYS.iter().find_map(|(way, _)| self.caught.iter().find(|caught| caught.by == *way)).or_else(|| self.caught.first())
    }
}

impl CodeMutant {
    /// A weakening that no test and no kind of faults is named for has not been noticed.
    fn noticed(&self) -> bool {
        !(self.tests.is_empty() && self.faults.is_empty()) && self.unnoticed.is_empty()
    }
}

pub(super) fn database(mutants: Option<&Mutants>) -> Section {
    Section {
        id: "mutants",
        title: "Weakenings of the database",
        shows: "what was made weak on purpose, one at a time, and who noticed it. Where a second layer hid the weakening, that layer was \
                taken away, \
                too, and the table says which.",
        shows_not: "weakenings that nobody has thought of. One that only the linter noticed is seen in the catalogue; no statement is \
                    shown that it lets \
                    through.",
        body: html! {
            @if let Some(mutants) = mutants {
                (summary(&mutants.mutants))
                (each(&mutants.mutants))
                @if !mutants.unfit.is_empty() {
                    h3 { "Without a place in these models" }
                    ul { @for unfit in &mutants.unfit { li { code { (unfit.name) } ": " (unfit.why) } } }
                }
                @if !mutants.open.is_empty() {
                    h3 { "Open at this level, so that no weakening of it could be noticed" }
                    ul { @for open in &mutants.open { li { code { (open.name) } ": " (open.what) } } }
                }
            } @else { (absent("No weakenings of the database were part of this run: nothing here shows that the proof would notice \
                               them.")) }
        },
    }
}

/// How many of each kind were noticed in which way.
fn summary(mutants: &[Mutant]) -> Markup {
    let mut kinds: Vec<&str> = mutants.iter().map(|mutant| mutant.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let by = |kind: &str, way: Option<&str>| {
        let of_kind = mutants.iter().filter(|mutant| mutant.kind == kind);
        count(of_kind.filter(|mutant| mutant.noticed().map(|caught| caught.by.as_str()) == way).count() as u64)
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label="Weakenings by kind and by who noticed" {
            table {
                caption { (count(mutants.len() as u64)) " weakenings, by kind and by who noticed first" }
                thead {
                    tr {
                        th scope="col" { "Kind" }
                        @for (_, way) in WAYS { th.number scope="col" { "By " (way) } }
                        th.number scope="col" { "Not noticed" }
                    }
                }
                tbody {
                    @for kind in kinds {
                        tr {
                            th scope="row" { (kind) }
                            @for (way, _) in WAYS { td.number { (by(kind, Some(way))) } }
                            td.number { (by(kind, None)) }
                        }
                    }
                }
            }
        }
    }
}

/// Every weakening, those that nobody noticed first.
fn each(mutants: &[Mutant]) -> Markup {
    let (noticed, survivors): (Vec<&Mutant>, Vec<&Mutant>) = mutants.iter().partition(|mutant| mutant.noticed().is_some());
    html! {
        div.scroll tabindex="0" role="region" aria-label="Every weakening of the database" {
            table.wide {
                caption { "Every weakening of the database" }
                thead {
                    tr {
                        th scope="col" { "Weakening" }
                        th scope="col" { "Kind" }
                        th scope="col" { "Noticed by" }
                        th scope="col" { "Seen" }
                    }
                }
                tbody { @for mutant in survivors.into_iter().chain(noticed) { (row(mutant)) } }
            }
        }
    }
}

fn row(mutant: &Mutant) -> Markup {
    let caught = mutant.noticed();
    html! {
        tr {
            th scope="row" {
                (mutant.what)
                br;
                code.name { (mutant.name) }
                (statements("What was done", &mutant.sql))
            }
            td { (mutant.kind) }
            @if let Some(caught) = caught {
                td { (how(caught, &mutant.caught)) }
                td {
                    (caught.place) ": " (caught.seen)
                    @if let Some(layer) = &caught.without { br; "Removed beside it: " (layer) }
                    (statements("Shortest script", &caught.script))
                }
            } @else {
                td { strong { "NOT NOTICED" } }
                td { "nobody noticed" }
            }
        }
    }
}

/// The way and the detector that count, and the others.
fn how(first: &Caught, all: &[Caught]) -> Markup {
    let way = WAYS.iter().find(|(way, _)| *way == first.by).map_or(first.by.as_str(), |(_, way)| way);
    let others: Vec<&str> = all.iter().map(|caught| caught.detector.as_str()).filter(|name| *name != first.detector).collect();
    html! {
        strong { (way) } ": " (first.detector)
        @if !others.is_empty() { br; "also " (others.join(", ")) }
    }
}

/// Statements to be opened, each ended as psql wants it.
fn statements(title: &str, statements: &[String]) -> Markup {
    let ended = |statement: &String| {
        let end = if statement.starts_with("--") || statement.ends_with(';') { "" } else { ";" };
        format!("{statement}{end}")
    };
    lines(title, &statements.iter().map(ended).collect::<Vec<_>>())
}

/// Lines to be opened.
fn lines(title: &str, lines: &[String]) -> Markup {
    html! {
        @if !lines.is_empty() {
            details {
                summary { (title) }
                pre { code { (lines.join("\n")) } }
            }
        }
    }
}

pub(super) fn code(code: Option<&CodeMutants>) -> Section {
    Section {
        id: "code-mutants",
        title: "Weakenings of the code",
        shows: "which places of the library were made weak on purpose, one at a time, and which test failed because of it. A test counts \
                only if it \
                passes without the weakening.",
        shows_not: "places without a weakening. It is a run of its own, in the library’s workspace only (code-mutants.json, beside this \
                    page), and says nothing of \
                    the application’s code.",
        body: html! {
            @if let Some(code) = code {
                div.scroll tabindex="0" role="region" aria-label="Every weakening of the code" {
                    table.wide {
                        caption { (count(code.mutants.len() as u64)) " weakenings of the code" }
                        thead {
                            tr {
                                th scope="col" { "Weakening" }
                                th scope="col" { "Noticed by the tests" }
                                th scope="col" { "Verdict" }
                            }
                        }
                        tbody {
                            @for mutant in code.mutants.iter().filter(|mutant| !mutant.noticed()) { (code_row(mutant)) }
                            @for mutant in code.mutants.iter().filter(|mutant| mutant.noticed()) { (code_row(mutant)) }
                        }
                    }
                }
            } @else { (absent("No weakenings of the code were part of this run.")) }
        },
    }
}

fn code_row(mutant: &CodeMutant) -> Markup {
    html! {
        tr {
            th scope="row" {
                code.name { (mutant.name) }
                (lines("Script that noticed", &mutant.script))
            }
            td {
                @for test in &mutant.tests { code { (mutant.suite) "::" (test) } br; }
                @if !mutant.faults.is_empty() { "the proof’s faults: " (mutant.faults.join(", ")) }
            }
            td {
                @if mutant.noticed() { "noticed" }
                @else if mutant.tests.is_empty() && mutant.faults.is_empty() { strong { "NOT NOTICED" } ": no test is named for it" }
                @else { strong { "NOT NOTICED" } " by " (mutant.unnoticed.join(", ")) }
            }
        }
    }
}
