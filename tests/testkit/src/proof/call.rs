//! Hand-written routes and functions, called.

use serde_json::{Value, json};
use uuid::Uuid;

use super::custom::{Answer, Operation, Request, Rows};
use super::executor::id_of;
use super::http::send;
use super::model::{Book, timeless};
use super::operation::{Surface, nobodys};
use super::report::Kindred;
use super::runner::Turn;
use super::value::Draw;

impl Turn<'_> {
    /// Calls the operation at that place, and takes its effect into the model.
    pub(super) async fn custom(&mut self, which: usize, draw: &mut Draw) -> Result<(), String> {
        let ground = self.ground;
        let Some(operation) = ground.operations.get(which) else { return Ok(()) };
        if operation.effect.is_none() && !self.alone {
            return Ok(());
        }
        let world = self.lane.world;
        let others: Vec<Rows<'_>> = self.others.iter().map(|(_, book)| Rows::new(world, book)).collect();
        let Some(request) = (operation.make)(draw, Rows::new(world, self.book), &others) else { return Ok(()) };
        let foreign = self.foreign(&request);
        let stranger = if foreign.is_empty() { "" } else { " with another tenant's id" };
        self.note(&format!("calls {}{stranger}: {}", operation.name, told(&request)));
        let (answer, trace) = self.call(operation, &request).await?;
        self.notes.counts.add(Kindred::Custom(operation.name), answer.accepted, !foreign.is_empty());
        if !foreign.is_empty() && !answer.accepted {
            let random = with_random_ids(&request, &foreign);
            let (_, other) = self.call(operation, &random).await?;
            if other != trace {
                return Err(format!("another tenant's id is answered otherwise than a random one:\n    {trace}\n    {other}"));
            }
        }
        match &operation.effect {
            Some(effect) => {
                let effect = effect(Rows::new(world, self.book), &request, &answer)
                    .map_err(|error| format!("{}: {error}; it was answered {trace}", operation.name))?;
                if !answer.accepted && !effect.is_none() {
                    return Err(format!("{} was refused where it should have an effect: {trace}", operation.name));
                }
                effect.apply(world, self.book).map_err(|error| format!("{}: {error}; it was answered {trace}", operation.name))
            }
            None => self.read_again().await,
        }
    }

    /// What came back, and everything in it by which two refusals could be told apart.
    async fn call(&mut self, operation: &Operation, request: &Request) -> Result<(Answer, String), String> {
        let Some(run) = &operation.run else {
            let body = Some(&request.body).filter(|body| !body.is_null());
            let answer = send(&self.lane, request.method.clone(), &request.path, body).await?;
            if answer.status.is_server_error() {
                return Err(format!("{} is answered by {}", operation.name, answer.trace()));
            }
            let accepted = answer.status.is_success() || answer.status.is_redirection();
            return Ok((Answer { accepted, status: Some(answer.status.as_u16()), body: answer.json() }, answer.trace()));
        };
        match run(&mut self.lane.db, request.body.clone()).await {
            Ok(body) => {
                self.lane.canary.clean("the answer", &body.to_string())?;
                let trace = body.to_string();
                Ok((Answer { accepted: true, status: None, body }, trace))
            }
            Err(error) => {
                let trace = format!("{error} {error:?}");
                self.lane.canary.clean("the error", &trace)?;
                Ok((Answer { accepted: false, status: None, body: json!(error.to_string()) }, trace))
            }
        }
    }

    /// Takes the tenant's rows as they are now. None of them may be another tenant's.
    async fn read_again(&mut self) -> Result<(), String> {
        let world = self.lane.world;
        let mut book = Book { mark: self.book.mark.clone(), ..Book::new(world) };
        for (model, rows) in self.lane.view(Surface::Repository).await?.into_iter().enumerate() {
            let Some(rows) = rows else {
                // What no repository reads, an application's route has not written.
                book.tables[model].clone_from(&self.book.tables[model]);
                continue;
            };
            for row in rows {
                let id = id_of(&row).ok_or("a row without an id")?;
                if self.others.iter().any(|(_, other)| other.tables[model].contains_key(&id)) {
                    return Err(format!("a row of {} that is another tenant's: {id}", world.models[model].table));
                }
                book.tables[model].insert(id, timeless(world.models[model], &row));
            }
        }
        *self.book = book;
        Ok(())
    }

    /// The ids of others' rows in a request.
    fn foreign(&self, request: &Request) -> Vec<Uuid> {
        let known = |id: &Uuid| self.others.iter().any(|(_, book)| book.tables.iter().any(|table| table.contains_key(id)));
        let mut ids: Vec<Uuid> = request.path.split(['/', '?', '&', '=']).filter_map(|part| part.parse().ok()).collect();
        each_id(&request.body, &mut |id| ids.push(id));
        ids.retain(known);
        ids
    }
}

fn each_id(value: &Value, found: &mut dyn FnMut(Uuid)) {
    match value {
        Value::String(text) => text.parse().into_iter().for_each(found),
        Value::Array(items) => items.iter().for_each(|item| each_id(item, found)),
        Value::Object(map) => map.values().for_each(|item| each_id(item, found)),
        _ => {}
    }
}

fn with_random_ids(request: &Request, foreign: &[Uuid]) -> Request {
    let swap = |text: &str| foreign.iter().fold(text.to_owned(), |text, id| text.replace(&id.to_string(), &nobodys(id).to_string()));
    let body = serde_json::from_str(&swap(&request.body.to_string())).unwrap_or(Value::Null);
    Request { method: request.method.clone(), path: swap(&request.path), body }
}

fn told(request: &Request) -> String {
    let text = if request.path.is_empty() { request.body.to_string() } else { format!("{} {}", request.path, request.body) };
    if text.chars().count() > 160 { format!("{}…", text.chars().take(160).collect::<String>()) } else { text }
}
