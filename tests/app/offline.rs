//! What sqlx's macros have in `app/.sqlx`, by which the application is built, is what the server says of the statements today.

use std::fs;

use serde_json::{Value, json};
use sqlx::{Column as _, Either, Executor as _, SqlSafeStr as _, Statement as _, TypeInfo as _};
use tenantry_testkit::made;
use tenantry_tests::{Bed, root};

#[tokio::test]
async fn what_the_macros_were_built_by_is_what_the_server_says() {
    let bed = Bed::new().await;
    let mut server = bed.observer().await;
    let mut read = 0;
    for entry in fs::read_dir(root().join("app/.sqlx")).unwrap() {
        let file = entry.unwrap().path();
        let offline: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let text = offline["query"].as_str().unwrap();
        let statement = server.prepare(made(text).into_sql_str()).await.unwrap();
        let columns: Vec<Value> = statement.columns().iter().map(|column| json!([column.name(), column.type_info().name()])).collect();
        let Some(Either::Left(parameters)) = statement.parameters() else { panic!("{text}: its parameters are not known") };
        let parameters: Vec<&str> = parameters.iter().map(|parameter| parameter.name()).collect();

        let described = &offline["describe"];
        let kind = |kind: &Value| kind.as_str().unwrap().to_uppercase();
        let due = described["columns"].as_array().unwrap().iter().map(|column| json!([column["name"], kind(&column["type_info"])]));
        assert_eq!(columns, due.collect::<Vec<_>>(), "{}: make it anew as CONTRIBUTING.md says", file.display());
        let due = described["parameters"]["Left"].as_array().unwrap().iter().map(kind);
        assert_eq!(parameters, due.collect::<Vec<_>>(), "{}: make it anew as CONTRIBUTING.md says", file.display());
        read += 1;
    }
    assert!(read >= 2, "the application has statements of macros");
}
