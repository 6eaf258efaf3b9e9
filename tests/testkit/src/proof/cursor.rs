//! Cursors that are not this list's: another tenant's, another list's, a changed one. All of them are refused in the same words.

use axum::http::Method;
use tenantry::schema::Verb;

use super::http::{asked, send, send_as};
use super::operation::Query;
use super::report::Kindred;
use super::runner::Turn;
use super::value::Draw;

impl Turn<'_> {
    /// Takes a cursor where it may be had, and asks with it where it is not good.
    pub(super) async fn cursor(&mut self, draw: &mut Draw) -> Result<(), String> {
        let world = self.lane.world;
        let listed = |book: &super::model::Book| -> Vec<usize> {
            let paged = |model: &usize| world.models[*model].routes.has(Verb::List) && book.tables[*model].len() > 1;
            (0..world.models.len()).filter(paged).collect()
        };
        let query = Query { limit: 1, ..Query::default() };
        let victim = draw.pick(&self.others).copied();
        let (owner, model) = match victim.map(|(tenant, book)| (tenant, listed(book))) {
            Some((tenant, models)) if draw.percent(60) && !models.is_empty() => (tenant, draw.pick(&models).copied()),
            _ => (self.lane.tenant, draw.pick(&listed(self.book)).copied()),
        };
        let Some(model) = model else { return Ok(()) };
        let table = world.models[model].table;
        let page = send_as(&self.lane, owner, Method::GET, &format!("/{table}?{}", asked(&query, None)), None).await?;
        let Some(cursor) = page.json()["next"].as_str().map(str::to_owned) else {
            // Its owner may have deleted rows in the meantime.
            return if owner == self.lane.tenant { Err(format!("a page of {table} has no next one: {}", page.trace())) } else { Ok(()) };
        };
        let (what, uri) = if owner == self.lane.tenant {
            match draw.below(2) {
                0 => ("a changed cursor", format!("/{table}?{}", asked(&query, Some(&changed(&cursor, draw))))),
                _ => {
                    let others: Vec<&str> =
                        world.models.iter().filter(|def| def.table != table && def.routes.has(Verb::List)).map(|def| def.table).collect();
                    let Some(other) = draw.pick(&others) else { return Ok(()) };
                    ("the cursor of another list", format!("/{other}?{}", asked(&query, Some(&cursor))))
                }
            }
        } else {
            ("another tenant's cursor", format!("/{table}?{}", asked(&query, Some(&cursor))))
        };
        self.note(&format!("asks for a page of {} with {what} [http]", uri.trim_start_matches('/').split('?').next().unwrap_or(table)));
        let answer = send(&self.lane, Method::GET, &uri, None).await?;
        self.notes.counts.add(Kindred::Cursor, false, owner != self.lane.tenant);
        let problem = answer.json();
        if answer.status == 400 && problem["type"] == "urn:tenantry:problem:cursor" {
            return Ok(());
        }
        Err(format!("{what} is answered by {}", answer.trace()))
    }
}

/// The cursor with one character of its middle changed.
fn changed(cursor: &str, draw: &mut Draw) -> String {
    // The last characters may hold bits that stand for nothing.
    let place = draw.below(cursor.len().saturating_sub(2).max(1));
    cursor
        .char_indices()
        .map(|(at, char)| {
            if at != place {
                char
            } else if char == 'A' {
                'B'
            } else {
                'A'
            }
        })
        .collect()
}
