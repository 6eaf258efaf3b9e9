//! An id in a body or a query: one that leads to another tenant's row, and one that leads nowhere.

use serde_json::{Value, json};
use tenantry::schema::{ColumnDef, ModelDef, Verb};
use uuid::Uuid;

use crate::rows;
use crate::service::Service;
use crate::wire::{self, NONE, NOT_FOUND, Request, status};

/// The columns that refer to rows, and to whose.
fn references(def: &ModelDef) -> impl Iterator<Item = (&'static ColumnDef, &'static str)> + use<> {
    def.insertable().filter_map(|column| Some((column, column.reference()?.table)))
}

#[tokio::test]
async fn a_reference_to_a_foreign_row_and_one_to_no_row_are_one_answer() {
    let service = Service::start().await;
    let before = service.digest().await;
    let (mut in_bodies, mut in_queries) = (0, 0);
    for (number, &def) in (2..).zip(service.models()) {
        let own = rows::one(&service.db(&service.a), def, &service.a.rows, number).await;
        for (column, table) in references(def) {
            let ids = [service.b.rows[table], service.c.rows[table], Uuid::now_v7()];
            if column.filter && def.routes.has(Verb::List) {
                filtered(&service, def, column, ids, service.a.rows[table]).await;
                in_queries += 1;
            }
            for (verb, method, path) in
                [(Verb::Create, "POST", format!("/{}", def.table)), (Verb::Patch, "PATCH", format!("/{}/{own}", def.table))]
            {
                if def.routes.has(verb) && !column.readonly {
                    let fields = if verb == Verb::Create { fresh(&service, def, own).await } else { json!({}) };
                    written(&service, (method, &path), fields, column, ids).await;
                    in_bodies += 1;
                }
            }
        }
    }
    assert!(in_bodies >= 6 && in_queries >= 5, "{in_bodies} bodies and {in_queries} queries");
    assert_eq!(service.digest().await, before);
}

/// The fields of a row that is not there yet.
async fn fresh(service: &Service, def: &ModelDef, like: Uuid) -> Value {
    let mut fields = service.fields(def, like).await;
    for (name, value) in &mut fields {
        if def.in_unique_key(name) && value.is_string() {
            *value = json!("fresh");
        }
    }
    Value::Object(fields)
}

async fn written(service: &Service, (method, path): (&str, &str), mut fields: Value, column: &ColumnDef, ids: [Uuid; 3]) {
    let mut answers = Vec::new();
    for id in ids {
        fields[column.name] = json!(id);
        let (target, body) = (format!("/api{path}"), fields.to_string());
        let answer = service.ask(method, &target, wire::json(&body)).await;
        assert!(!answer.contains(&id.to_string()) && !answer.contains("/api"), "{answer}");
        answers.push(answer);
        let nobody =
            Request { host: "nobody.example.com", token: Some(&service.a.admin), method, target: &target, body: wire::json(&body) };
        assert_eq!(service.send(&nobody).await, NOT_FOUND);
    }
    let expected = format!(r#""errors":[{{"pointer":"/{}","code":"reference","#, column.name);
    assert!(status(&answers[0]) == 422 && answers[0].contains(&expected), "{method} {path}: {}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{method} {path}: {answers:#?}");
}

/// A filter by it finds nothing, and by an own row it finds something.
async fn filtered(service: &Service, def: &ModelDef, column: &ColumnDef, ids: [Uuid; 3], own: Uuid) {
    let mut answers = Vec::new();
    for id in ids {
        answers.push(service.ask("GET", &format!("/api/{}?{}={id}", def.table, column.name), NONE).await);
    }
    assert!(status(&answers[0]) == 200 && answers[0].ends_with(r#"{"items":[],"next":null}"#), "{}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    let found = service.ask("GET", &format!("/api/{}?{}={own}", def.table, column.name), NONE).await;
    assert!(status(&found) == 200 && !found.ends_with(r#"{"items":[],"next":null}"#), "{found}");
}
