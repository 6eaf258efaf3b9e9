//! What is known about a statement while it is read, and the verdict at the end.

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart, Statement};
use sqlparser::tokenizer::{Location, Span};

use crate::advice::{self, Clause, Miss};
use crate::count::Count;
use crate::mutants::mutant;
use crate::scope::At;
use crate::{Conventions, Refusal, Rule};

/// A relation with rows of tenants, as it stands in the statement.
#[derive(Debug)]
pub(crate) struct Fenced<'a> {
    pub(crate) relation: &'a ObjectName,
    pub(crate) alias: Option<&'a Ident>,
    /// Where a comparison with `$1` would bind it.
    pub(crate) bind_in: Clause,
}

/// The names that relations have though the text gives them none.
#[derive(Debug)]
pub(crate) struct OwnNames {
    /// Of the row that ON CONFLICT brings.
    pub(crate) excluded: Ident,
    pub(crate) unnest: Ident,
    pub(crate) xml_table: Ident,
    pub(crate) json_table: Ident,
}

impl OwnNames {
    pub(crate) fn new() -> Self {
        let [excluded, unnest, xml_table, json_table] = ["excluded", "unnest", "xmltable", "json_table"].map(Ident::new);
        Self { excluded, unnest, xml_table, json_table }
    }
}

/// The state of one check.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    pub(crate) conventions: &'a Conventions<'a>,
    pub(crate) own: &'a OwnNames,
    fenced: Vec<Fenced<'a>>,
    /// `(a, b)`: when the rows of `a` that matter are the tenant's, so are those of `b`. `None` is `$1`.
    edges: Vec<(Option<usize>, usize)>,
    misses: Vec<(usize, Miss)>,
    refusals: Vec<Refusal>,
    /// What has been read so far.
    pub(crate) count: Count,
    /// How many relations that were.
    pub(crate) relations: usize,
    /// The place that was passed last, for what has no place of its own.
    place: Location,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(conventions: &'a Conventions<'a>, own: &'a OwnNames) -> Self {
        let (fenced, edges, misses, refusals) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let place = Location { line: 1, column: 1 };
        Self { conventions, own, fenced, edges, misses, refusals, count: Count::default(), relations: 0, place }
    }

    /// Everything for which the statement is refused.
    pub(crate) fn judge(mut self, statement: &'a Statement, parts: Count) -> Vec<Refusal> {
        self.statement(statement, At { scope: None, ctes: None });
        self.unbound();
        if self.refusals.is_empty() {
            self.unjudged(parts);
        }
        self.refusals
    }

    /// Adds a relation with rows of tenants.
    pub(crate) fn fence(&mut self, relation: &'a ObjectName, alias: Option<&'a Ident>) -> usize {
        self.fenced.push(Fenced { relation, alias, bind_in: Clause::Where });
        self.fenced.len() - 1
    }

    /// Says where a comparison would bind a relation.
    pub(crate) fn bind_in(&mut self, index: usize, place: Clause) {
        if let Some(fenced) = self.fenced.get_mut(index) {
            fenced.bind_in = place;
        }
    }

    /// Says that the rows of `to` are the tenant's when those of `from` are.
    pub(crate) fn follows(&mut self, from: Option<usize>, to: usize) {
        if from != Some(to) {
            self.edges.push((from, to));
        }
    }

    /// Remembers a comparison that does not bind, for the advice.
    pub(crate) fn missed(&mut self, index: usize, miss: Miss) {
        self.misses.push((index, miss));
    }

    /// Remembers where the reading is.
    pub(crate) fn pass(&mut self, span: Span) {
        if span.start.line > 0 {
            self.place = span.start;
        }
    }

    pub(crate) fn refuse(&mut self, rule: Rule, span: Span, advice: String) {
        self.pass(span);
        self.refusals.push(Refusal::at(rule, self.place, advice));
    }

    /// Rule: what PostgreSQL does not have, it reads as something else or not at all; and what the check does not know is not judged.
    pub(crate) fn construct(&mut self, span: Span, what: &str) {
        if mutant!("construct") {
            return;
        }
        self.refuse(Rule::Construct, span, format!("{what} is not taken: docs/hand-written-sql.md says what to write instead"));
    }

    /// The same, where the parser has found something.
    pub(crate) fn without(&mut self, found: bool, span: Span, what: &str) {
        if found {
            self.construct(span, what);
        }
    }

    /// Follows the comparisons from `$1`, and refuses what is not reached.
    fn unbound(&mut self) {
        let mut bound = vec![false; self.fenced.len()];
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); self.fenced.len()];
        let mut reached = Vec::new();
        for &(from, to) in &self.edges {
            match from.map(|from| next.get_mut(from)) {
                None => reached.push(to),
                Some(Some(next)) => next.push(to),
                Some(None) => {}
            }
        }
        while let Some(index) = reached.pop() {
            if let Some(mark) = bound.get_mut(index).filter(|mark| !**mark) {
                *mark = true;
                reached.extend(next.get(index).into_iter().flatten());
            }
        }
        for (index, fenced) in self.fenced.iter().enumerate().filter(|&(index, _)| bound.get(index) == Some(&false)) {
            let misses = self.misses.iter().filter(|&&(missed, _)| missed == index).map(|&(_, miss)| miss);
            let advice = advice::unbound(fenced, self.conventions.tenant_column, misses);
            self.refusals.push(Refusal::at(Rule::Unbound, start(fenced.relation), advice));
        }
    }

    /// Compares what was read with what the text has.
    fn unjudged(&mut self, parts: Count) {
        if parts != self.count {
            self.refusals.push(Refusal::at(Rule::Unjudged, Location { line: 1, column: 1 }, String::new()));
        }
    }
}

/// Where a name begins.
pub(crate) fn start(name: &ObjectName) -> Location {
    match name.0.first() {
        Some(ObjectNamePart::Identifier(ident)) => ident.span.start,
        Some(ObjectNamePart::Function(function)) => function.name.span.start,
        None => Location { line: 1, column: 1 },
    }
}

/// A name of one part.
pub(crate) fn single(name: &ObjectName) -> Option<&Ident> {
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(name)] => Some(name),
        _ => None,
    }
}

/// The last part of a name, by which a relation or a function goes that has no other.
pub(crate) fn last(name: &ObjectName) -> Option<&Ident> {
    match name.0.last() {
        Some(ObjectNamePart::Identifier(name)) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::ANYWHERE;

    /// A part that the check has not come by refuses the statement, whatever else is right.
    #[test]
    fn what_was_not_seen_is_refused() {
        let text = "select name from app.customers where tenant_id = $1";
        let (_, tokens) = crate::read(text).expect("it is read");
        let (statement, parts) = crate::parse::parse(text, &tokens, ANYWHERE).expect("it is parsed");
        let own = OwnNames::new();
        assert!(Judge::new(&Conventions::DEFAULT, &own).judge(&statement, parts).is_empty());
        let more = [
            Count { selects: parts.selects + 1, ..parts },
            Count { joins: parts.joins + 1, ..parts },
            Count { inserts: parts.inserts + 1, ..parts },
        ];
        for parts in more {
            let refusals = Judge::new(&Conventions::DEFAULT, &own).judge(&statement, parts);
            assert_eq!(refusals.first().map(Refusal::rule), Some(Rule::Unjudged));
        }
    }
}
