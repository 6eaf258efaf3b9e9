//! The page around its parts: what came out, how it is repeated, what is in it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::data::{CodeMutants, Failure, Part, Proof, Verdict};
use super::{mutants, parts};

/// The whole page.
pub(super) fn page(proof: &Proof, code: Option<&CodeMutants>) -> String {
    let judgement = Judgement::of(proof, code);
    let sections = sections(proof, code);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                // Should a value ever get out of its place, there is still nothing that runs or loads.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                                 form-action 'none'";
                title { "Isolation proof: " (judgement.word()) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                header {
                    h1 { "Isolation proof" }
                    (verdict(&judgement, proof, code))
                }
                nav aria-labelledby="contents" {
                    h2 id="contents" { "On this page" }
                    ul { @for section in &sections { li { a href={ "#" (section.id) } { (section.title) } } } }
                }
                main {
                    @for section in &sections {
                        section aria-labelledby=(section.id) {
                            h2 id=(section.id) { (section.title) }
                            p.reading { strong { "Shown: " } (section.shows) }
                            p.reading { strong { "Not shown: " } (section.shows_not) }
                            (section.body)
                        }
                    }
                }
                footer {
                    p { "Made by " code { "cargo xtask prove --report" } " from " code { "proof.json" } ", which lies beside this page \
                         and holds the same for \
                         programs. How the proof works, and what follows from it, is told in " code { "docs/proof.md" } " of the project." }
                }
            }
        }
    };
    page.into_string() + "\n"
}

/// A part of the page, with what a reader may and may not conclude from it.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) shows: &'static str,
    pub(super) shows_not: &'static str,
    pub(super) body: Markup,
}

fn sections(proof: &Proof, code: Option<&CodeMutants>) -> Vec<Section> {
    let failure = proof.failure.as_ref().map(red);
    let rest = [
        repeat(proof),
        plan(proof.parts.as_deref()),
        parts::server(proof.server.as_ref()),
        parts::models(proof.models.as_deref(), proof.workload.as_ref()),
        parts::operations(proof.workload.as_ref()),
        parts::attacks(proof.attacks.as_ref(), proof.workload.as_ref()),
        parts::faults(proof.faults.as_ref()),
        parts::timing(proof.timing.as_deref()),
        mutants::database(proof.mutants.as_ref()),
        mutants::code(code),
        gaps(proof, code),
    ];
    failure.into_iter().chain(rest).collect()
}

/// What the page says in the end. It is worked out from the parts and not only read: a file that says "green" over a survivor is not green.
enum Judgement {
    Green,
    /// With what is wrong, one sentence each.
    Red(Vec<String>),
    /// The file does not say.
    Unknown,
}

impl Judgement {
    fn of(proof: &Proof, code: Option<&CodeMutants>) -> Self {
        let mut wrong = Vec::new();
        if let Some(failure) = &proof.failure {
            // The rest of it stands in its own section.
            wrong.push(failure.fault.lines().next().unwrap_or("something went wrong, and the file does not say what").to_owned());
        }
        for part in proof.parts.iter().flatten() {
            match part.state.as_str() {
                RED => wrong.push(format!("the part \"{}\" is red", part.part)),
                NOT_REACHED => wrong.push(format!("the part \"{}\" was not reached", part.part)),
                _ => {}
            }
        }
        let mut some = |number: usize, one: &str, many: &str| match number {
            0 => {}
            1 => wrong.push(format!("1 {one}")),
            _ => wrong.push(format!("{} {many}", count(number as u64))),
        };
        some(proof.attacks.as_ref().map_or(0, |attacks| attacks.violations.len()), "attack got through", "attacks got through");
        some(
            proof.mutants.as_ref().map_or(0, mutants::survivors).saturating_add(code.map_or(0, mutants::code_survivors)),
            "weakening was not noticed: there, a green run would say little",
            "weakenings were not noticed: there, a green run would say little",
        );
        match proof.verdict {
            Some(Verdict::Red) if wrong.is_empty() => Self::Red(vec!["the file says so, without a reason".to_owned()]),
            Some(Verdict::Green) if wrong.is_empty() => Self::Green,
            None if wrong.is_empty() => Self::Unknown,
            _ => Self::Red(wrong),
        }
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Red(_) => "RED",
            Self::Unknown => "without a verdict",
        }
    }
}

/// The parts that were not run.
fn missing(proof: &Proof, code: Option<&CodeMutants>) -> Vec<&'static str> {
    let parts = [
        (proof.workload.is_none(), "random operations"),
        (proof.attacks.is_none(), "attacks"),
        (proof.faults.is_none(), "faults"),
        (proof.timing.is_none(), "timing"),
        (proof.mutants.is_none(), "weakenings of the database"),
        (code.is_none(), "weakenings of the code"),
    ];
    parts.into_iter().filter_map(|(missing, part)| missing.then_some(part)).collect()
}

fn verdict(judgement: &Judgement, proof: &Proof, code: Option<&CodeMutants>) -> Markup {
    let missing = missing(proof, code);
    let class = match judgement {
        Judgement::Green => "green",
        Judgement::Red(_) => "red",
        Judgement::Unknown => "unknown",
    };
    html! {
        div.verdict.(class) {
            @match judgement {
                Judgement::Green => p.word { "✓ Green: no tenant reached another" },
                Judgement::Red(wrong) => {
                    p.word { "✗ Red: this is not proven" }
                    ul { @for wrong in wrong { li { (wrong) } } }
                }
                Judgement::Unknown => p.word { "? No verdict: the file does not say how the run ended" },
            }
            @if !missing.is_empty() {
                p { strong { "Not part of this run: " } (missing.join(", ")) ". The verdict is about the rest." }
            }
        }
        (figures(proof, code))
    }
}

/// What a reader wants to know before anything else.
fn figures(proof: &Proof, code: Option<&CodeMutants>) -> Markup {
    let workload = proof.workload.as_ref();
    let server = proof.server.as_ref();
    let figure = |number: Option<u64>| number.map_or_else(|| "not run".to_owned(), count);
    let attacks = proof.attacks.as_ref().map(|attacks| attacks.kinds.iter().map(|kind| kind.tried).sum());
    let faults = proof.faults.as_ref().map(|faults| faults.kinds.iter().map(|fault| fault.times).sum());
    let rows = [
        ("Server", server.and_then(|server| server.version.as_ref()).map(|version| format!("PostgreSQL {version}"))),
        ("Level", server.and_then(|server| server.level.clone())),
        ("Models", proof.models.as_ref().map(|models| count(models.len() as u64))),
        ("Cases", proof.cases.map(count)),
        ("Operations", Some(figure(workload.and_then(parts::total)))),
        ("Distinct statements", workload.and_then(|workload| workload.distinct_statements).map(count)),
        ("Attacks", Some(figure(attacks))),
        ("Faults", Some(figure(faults))),
        ("Weakenings noticed", Some(mutants::score(proof.mutants.as_ref(), code))),
        ("Seed", proof.seed.as_ref().map(ToString::to_string)),
        ("Profile", proof.profile.clone()),
        ("Duration", proof.seconds.map(duration)),
    ];
    html! {
        dl.figures {
            @for (name, value) in rows { div { dt { (name) } dd { (value.as_deref().unwrap_or("not told")) } } }
        }
    }
}

/// The script that leads to the fault.
fn red(failure: &Failure) -> Section {
    Section {
        id: "failure",
        title: "What went wrong",
        shows: "the shortest sequence of operations found that leads to the fault, and what was seen at its end. The letters are tenants.",
        shows_not: "how many other faults there are: the run stops at the first. It does not show the cause either, only the way to it.",
        body: html! {
            @if failure.script.is_empty() {
                p { "There is no script: no single sequence of operations is at fault." }
            } @else {
                ol.script { @for line in &failure.script { li { code { (line) } } } }
            }
            div.fault {
                p { strong { "Seen in the end" } @if let Some(part) = &failure.part { ", in the part " (part) } ":" }
                pre { code { (failure.fault) } }
            }
            @if let Some(shrinking) = &failure.shrinking { p { "How far the script can be trusted: " (shrinking) "." } }
            @if let (Some(case), Some(seed)) = (failure.case, &failure.seed) {
                p { "Case " (count(case)) " of seed " code { (seed.to_string()) } "." }
            }
        },
    }
}

fn repeat(proof: &Proof) -> Section {
    let seed = proof.failure.as_ref().and_then(|failure| failure.seed.as_ref()).or(proof.seed.as_ref());
    // Cases are counted from nought, and the one that is red must be among them.
    let red = proof.failure.as_ref().and_then(|failure| failure.case).map(|case| case.saturating_add(1));
    let arguments = |cases: Option<u64>| {
        let cases = cases.map(|cases| format!(" --cases {cases}")).unwrap_or_default();
        seed.map(|seed| format!("cargo xtask prove --seed {seed}{cases}"))
    };
    Section {
        id: "repeat",
        title: "How to repeat it",
        shows: "the command that runs the same cases again, in a checkout of the same commit. The seed decides what is tried, and in \
                which order.",
        shows_not: "the same timing: tenants act at the same time, and which of them is first is up to the machine. A fault that needs \
                    an unlucky \
                    moment may need several runs.",
        body: html! {
            @match arguments(proof.cases.max(red).filter(|cases| *cases > 0)) {
                Some(command) => pre { code { (command) } },
                None => p { "The file names no seed, so this run cannot be repeated." },
            }
            p { "The weakenings are run by " code { "cargo xtask prove --mutants" } ". The server is chosen by "
                code { "TENANTRY_POSTGRES" } " or " code { "ADMIN_DATABASE_URL" } "." }
        },
    }
}

/// Which parts there were, and what became of each.
fn plan(plan: Option<&[Part]>) -> Section {
    Section {
        id: "parts",
        title: "Parts of this run",
        shows: "which parts of the proof were chosen for this run, and how each of them ended. They run in this order, and the first \
                that is red ends \
                the run.",
        shows_not: "anything by a part that was not chosen or not reached. How much each of the others tried is in the sections below.",
        body: html! {
            @if let Some(plan) = plan {
                div.scroll tabindex="0" role="region" aria-label="Parts of this run" {
                    table {
                        caption { "Parts in their order" }
                        thead { tr { th scope="col" { "Part" } th scope="col" { "State" } th.number scope="col" { "Time" } } }
                        tbody {
                            @for part in plan {
                                tr {
                                    th scope="row" { (part.part) }
                                    td { @if part.state == RED { strong { "RED" } } @else { (part.state.replace('_', " ")) } }
                                    td.number { @if part.seconds > 0.0 { (duration(part.seconds)) } @else { "–" } }
                                }
                            }
                        }
                    }
                }
            } @else { (parts::absent("The file does not list its parts.")) }
        },
    }
}

/// The state of a part that does not hold.
const RED: &str = "red";
/// The state of a part that was chosen and did not come to its turn.
const NOT_REACHED: &str = "not_reached";

/// What a reader might think was shown.
fn gaps(proof: &Proof, code: Option<&CodeMutants>) -> Section {
    let missing = missing(proof, code);
    let told = proof.not_covered.as_deref().unwrap_or_default();
    Section {
        id: "not-covered",
        title: "What is not covered",
        shows: "what the run itself knows that it did not try. Each line is a place where a leak would have stayed unseen.",
        shows_not: "what nobody has thought of. This is testing and no theorem: a leak that needs a sequence which was not drawn is not \
                    found.",
        body: html! {
            @if missing.is_empty() && told.is_empty() {
                p { "The file lists nothing; " code { "docs/proof.md" } " names what no run covers." }
            } @else {
                ul {
                    @for part in missing { li { "not part of this run: " (part) } }
                    @for gap in told { li { (gap) } }
                }
            }
        },
    }
}

/// A number with its thousands apart.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds as a person says them.
fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "not told".to_owned();
    }
    let whole = seconds.round() as u64;
    match (whole / 3_600, whole / 60 % 60, whole % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}
