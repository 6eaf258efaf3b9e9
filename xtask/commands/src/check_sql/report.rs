//! What is said about the statements: for people and for programs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use tenantry_sqlcheck::{Refusal, Refusals, Verb};

use super::read::{Place, Statement};
use crate::output;

/// The verdict on a text.
pub(super) type Judged = Result<Verb, Refusals>;

/// A text, where it stands, and the verdict.
#[derive(Debug)]
struct Entry {
    text: String,
    places: Vec<Place>,
    verdict: Judged,
}

/// Every text once, in the order of their first places.
#[derive(Debug, Default)]
pub(super) struct Report {
    entries: Vec<Entry>,
    known: HashMap<String, usize>,
}

/// The whole of it in numbers.
#[derive(Debug, Serialize)]
struct Summary {
    /// Different texts.
    statements: usize,
    /// Where they stand.
    places: usize,
    accepted: usize,
    refused: usize,
    /// How many statements break each rule.
    rules: BTreeMap<String, usize>,
    /// In how many statements each relation has forgotten its tenant.
    relations: BTreeMap<String, usize>,
}

impl Report {
    /// Takes a statement; `judge` is asked when its text is new.
    pub(super) fn add(&mut self, statement: Statement, judge: impl FnOnce(&str) -> Judged) {
        let Statement { text, place } = statement;
        match self.known.get(&text).and_then(|known| self.entries.get_mut(*known)) {
            Some(entry) => entry.places.push(place),
            None => {
                let verdict = judge(&text);
                self.known.insert(text.clone(), self.entries.len());
                self.entries.push(Entry { text, places: vec![place], verdict });
            }
        }
    }

    /// How many texts are refused.
    pub(super) fn refused(&self) -> usize {
        self.entries.iter().filter(|entry| entry.verdict.is_err()).count()
    }

    fn summary(&self) -> Summary {
        let (mut rules, mut relations) = (BTreeMap::new(), BTreeMap::new());
        for Entry { text, verdict, .. } in &self.entries {
            let Err(refusals) = verdict else { continue };
            // A statement counts once, however often it breaks a rule.
            let broken: BTreeSet<String> = refusals.iter().map(rule).collect();
            let forgotten: BTreeSet<&str> = refusals.iter().filter_map(|refusal| relation(refusal, text)).collect();
            broken.into_iter().for_each(|rule| *rules.entry(rule).or_default() += 1);
            forgotten.into_iter().for_each(|relation| *relations.entry(relation.to_owned()).or_default() += 1);
        }
        let (statements, refused) = (self.entries.len(), self.refused());
        let places = self.entries.iter().map(|entry| entry.places.len()).sum();
        Summary { statements, places, accepted: statements - refused, refused, rules, relations }
    }

    /// For people: the refused statements with what to write instead, and with `all` the accepted ones; then the numbers.
    pub(super) fn text(&self, all: bool, coloured: bool) -> String {
        let mut parts: Vec<String> = self.entries.iter().filter_map(|entry| entry.text(all, coloured)).collect();
        parts.push(self.summary().text(coloured));
        parts.join("\n")
    }

    /// For programs.
    pub(super) fn json(&self) -> anyhow::Result<String> {
        let statements: Vec<serde_json::Value> = self.entries.iter().map(Entry::json).collect();
        let all = serde_json::json!({ "version": 1, "statements": statements, "summary": self.summary() });
        Ok(serde_json::to_string_pretty(&all)?)
    }
}

impl Entry {
    fn text(&self, all: bool, coloured: bool) -> Option<String> {
        let (first, others) = self.places.split_first()?;
        let refusals = match &self.verdict {
            Ok(verb) if all => return Some(format!("{first}: {} ({})", painted("accepted", "32", coloured), word(*verb))),
            Ok(_) => return None,
            Err(refusals) => refusals,
        };
        let told = refusals.iter().map(|refusal| {
            let place = first.within(refusal.line(), refusal.column());
            let mark = painted("refused", "31", coloured);
            format!("{place}: {mark}: {}\n{}", message(refusal), excerpt(refusal, &self.text))
        });
        let mut lines: Vec<String> = told.collect();
        if !others.is_empty() {
            let others: Vec<String> = others.iter().map(ToString::to_string).collect();
            lines.push(format!("  the same statement: {}", others.join(", ")));
        }
        lines.push(String::new());
        Some(lines.join("\n"))
    }

    fn json(&self) -> serde_json::Value {
        let places: Vec<String> = self.places.iter().map(ToString::to_string).collect();
        let refusal = |refusal: &Refusal| {
            let (rule, relation, message) = (rule(refusal), relation(refusal, &self.text), message(refusal));
            serde_json::json!({
                "rule": rule, "relation": relation, "line": refusal.line(), "column": refusal.column(), "message": message,
            })
        };
        match &self.verdict {
            Ok(verb) => serde_json::json!({ "text": self.text, "places": places, "verdict": "accepted", "verb": word(*verb) }),
            Err(refusals) => {
                let refusals: Vec<serde_json::Value> = refusals.iter().map(refusal).collect();
                serde_json::json!({ "text": self.text, "places": places, "verdict": "refused", "refusals": refusals })
            }
        }
    }
}

impl Summary {
    fn text(&self, coloured: bool) -> String {
        let Self { statements, places, accepted, refused, rules, relations } = self;
        let noun = if *statements == 1 { "statement" } else { "statements" };
        let places = if places == statements { String::new() } else { format!(" in {places} places") };
        let mut lines = vec![output::titled(&format!("{statements} {noun}{places}: {accepted} accepted, {refused} refused"), coloured)];
        lines.extend(table("by rule:", rules));
        lines.extend(table("relations that have forgotten their tenant:", relations));
        lines.join("\n")
    }
}

/// Names with their numbers, the largest first.
fn table(title: &str, counts: &BTreeMap<String, usize>) -> Vec<String> {
    let mut rows: Vec<(&String, &usize)> = counts.iter().collect();
    rows.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let title = (!rows.is_empty()).then(|| format!("  {title}"));
    title.into_iter().chain(rows.iter().map(|(name, count)| format!("    {name:width$}  {count}"))).collect()
}

fn painted(text: &str, colour: &str, coloured: bool) -> String {
    if coloured { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
}

const fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Select => "select",
        Verb::Insert => "insert",
        Verb::Update => "update",
        Verb::Delete => "delete",
        _ => "with",
    }
}

/// The name of the broken rule: that of [`Rule`](tenantry_sqlcheck::Rule), as commands write names: `too-long`.
fn rule(refusal: &Refusal) -> String {
    let name = format!("{:?}", refusal.rule());
    let mut kebab = String::with_capacity(name.len() + 4);
    // A variant that carries something is named without it.
    for char in name.chars().take_while(char::is_ascii_alphanumeric) {
        if char.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(char.to_ascii_lowercase());
    }
    kebab
}

/// The relation that has forgotten its tenant, as it stands where the refusal points.
fn relation<'a>(refusal: &Refusal, text: &'a str) -> Option<&'a str> {
    if rule(refusal) != "unbound" {
        return None;
    }
    let line = text.split('\n').nth(refusal.line() - 1)?;
    let (start, _) = line.char_indices().nth(refusal.column() - 1)?;
    let rest = line.get(start..)?;
    let mut quoted = false;
    let end = rest.find(|char: char| {
        quoted ^= char == '"';
        !(quoted || char.is_alphanumeric() || matches!(char, '_' | '$' | '.' | '"'))
    });
    rest.get(..end.unwrap_or(rest.len())).filter(|name| !name.is_empty())
}

/// What to write instead, without the place, which is told in the file's terms.
fn message(refusal: &Refusal) -> String {
    let told = refusal.to_string();
    let place = format!("line {}, column {}: ", refusal.line(), refusal.column());
    told.strip_prefix(&place).unwrap_or(&told).to_owned()
}

/// The line it is about, with a caret under the place.
fn excerpt(refusal: &Refusal, text: &str) -> String {
    let explained = refusal.explain(text);
    explained.strip_prefix(&refusal.to_string()).unwrap_or(&explained).trim_start_matches('\n').to_owned()
}
