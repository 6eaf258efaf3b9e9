//! `cargo xtask demo` as a process: what it prints, what it answers, how it ends, and that nothing of it stays.

mod managed;
mod process;

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use tenantry_testkit::Postgres;

use process::{Demo, PATIENCE};

/// A folder of data that is loaded in no time.
fn small_data() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let company = "company_name,contact_name,contact_title,address,city,region,postal_code,country,phone,fax";
    for (name, text) in [
        ("categories.csv", "category_id,category_name,description\n1,Tea,\n".to_owned()),
        ("suppliers.csv", format!("supplier_id,{company},homepage\n1,Liquids,,,,,,,,,,\n")),
        ("customers.csv", format!("customer_id,{company}\nA,Alfreds,,,,,,,,,\nB,Bólido,,,,,,,,,\n")),
        (
            "products.csv",
            "product_id,product_name,supplier_id,category_id,quantity_per_unit,unit_price,units_in_stock,units_on_order,reorder_level,\
             discontinued\n1,Chai,1,1,,18,1,0,0,0\n"
                .to_owned(),
        ),
        (
            "orders.csv",
            "order_id,customer_id,order_date,required_date,shipped_date,freight,ship_name,ship_address,ship_city,ship_region,\
             ship_postal_code,ship_country\n1,A,1996-07-04,,,1.5,,,,,,\n2,B,1996-07-05,,,0,,,,,,\n"
                .to_owned(),
        ),
        ("order_details.csv", "order_id,product_id,unit_price,quantity,discount\n1,1,14,12,0.15\n2,1,9.8,1,0\n".to_owned()),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn until_ready_ends_with_zero_on_a_cluster_of_its_own() {
    let ended = Demo::start(&["--until-ready"], None).end();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.output.contains("PostgreSQL: a private cluster"), "{ended}");
    assert!(ended.output.contains("acme: 91 customers, 77 products, 830 orders with 2155 lines"), "{ended}");
    assert!(ended.output.contains("globex: 46 customers"), "{ended}");
    assert_eq!(ended.stdout.lines().filter(|line| line.trim().starts_with("curl -s ")).count(), 6, "{ended}");
    assert!(ended.stdout.contains("\nready: http://127.0.0.1:"), "{ended}");
    assert!(ended.stdout.ends_with(" answered; one tenant's row of customers is 404 for another\n"), "{ended}");
    ended.leaves_nothing();
}

#[test]
fn until_ready_ends_with_zero_in_an_empty_database_of_another_server() {
    let server = Postgres::find().unwrap();
    let database = server.create_database("demo").unwrap();
    let (url, data) = (database.url().expose_with_password(), small_data());
    let ended = Demo::start(&["--until-ready", "--data", path(data.path())], Some(url)).end();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.output.contains("PostgreSQL: named by ADMIN_DATABASE_URL"), "{ended}");
    assert!(ended.output.contains("globex: 1 customers, 1 products, 1 orders with 1 lines"), "{ended}");
    let password = url.split(':').nth(2).and_then(|rest| rest.split('@').next()).unwrap();
    assert!(password.is_empty() || !ended.output.contains(password), "the administrator's password is shown");
    ended.leaves_nothing();
    // The database is no longer empty: the next demo makes one of its own there and takes it away.
    let again = Demo::start(&["--until-ready", "--data", path(data.path())], Some(url)).end();
    assert_eq!(again.code, Some(0), "{again}");
    again.leaves_nothing();
}

#[test]
fn what_it_says_to_try_works_and_a_request_that_runs_is_finished() {
    let data = small_data();
    let mut demo = Demo::start(&["--data", path(data.path())], None);
    demo.wait_for("Ctrl-C ends it.");
    let said = demo.output();
    let curls: Vec<&str> = said.lines().map(str::trim).filter(|line| line.starts_with("curl ")).collect();
    let answers: Vec<(u16, Value)> = curls.iter().map(|curl| Curl::parse(curl).send()).collect();
    // Rows, then who gets in: a login, another tenant's token, a suspended tenant, a switch, a key, a key that was revoked.
    let [(200, first), (200, none), (201, made), (200, login), (404, _), (404, _), (200, switched), (200, key), (401, _)] =
        answers.as_slice()
    else {
        panic!("{answers:#?} of {curls:#?}");
    };
    assert!(login["access_token"].is_string() && switched["access_token"].is_string() && key["items"].is_array(), "{answers:#?}");
    assert_eq!(first["items"][0]["name"], "Alfreds");
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    assert_eq!(none["items"], serde_json::json!([]));
    let sent: Value = serde_json::from_str(Curl::parse(curls[2]).body.as_deref().unwrap()).unwrap();
    assert_eq!((&made["code"], &made["name"]), (&sent["code"], &sent["name"]), "what it says to create is what is made");

    // The server asks for the body when the request has reached its handler: from then on it runs.
    let curl = Curl { body: Some(r#"{"code":"2","name":"Late"}"#.to_owned()), ..Curl::parse(curls[2]) };
    let mut late = curl.open("Expect: 100-continue\r\n");
    let mut line = [0; 25];
    late.read_exact(&mut line).unwrap();
    assert_eq!(&line, b"HTTP/1.1 100 Continue\r\n\r\n");
    demo.interrupt();
    demo.wait_for("finishing the requests that run");
    late.write_all(curl.body.as_deref().unwrap().as_bytes()).unwrap();
    let (status, made) = answer(&mut late);
    assert_eq!((status, &made["name"]), (201, &"Late".into()), "{made}");
    let ended = demo.end();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(!ended.output.contains("stopped"), "{ended}");
    ended.leaves_nothing();
}

#[test]
fn a_second_signal_does_not_wait_for_requests() {
    let data = small_data();
    let mut demo = Demo::start(&["--data", path(data.path())], None);
    demo.wait_for("Ctrl-C ends it.");
    let said = demo.output();
    let curl = said.lines().map(str::trim).find(|line| line.starts_with("curl ") && line.contains(" -d ")).unwrap();
    let mut stuck = Curl::parse(curl).open("Expect: 100-continue\r\n");
    stuck.read_exact(&mut [0; 25]).unwrap();
    demo.interrupt();
    demo.wait_for("finishing the requests that run");
    demo.interrupt();
    let ended = demo.end();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.output.contains("stopped"), "{ended}");
    ended.leaves_nothing();
}

#[test]
fn a_signal_while_the_data_is_loaded_ends_it() {
    let mut demo = Demo::start(&[], None);
    demo.wait_for("every table is fenced");
    demo.interrupt();
    let ended = demo.end();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.output.contains("stopped") && !ended.output.contains("globex:"), "{ended}");
    ended.leaves_nothing();
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = Demo::start(&["--port", &port], None).end();
    assert_eq!(ended.code, Some(1), "{ended}");
    assert!(ended.output.starts_with(&format!("error: cannot listen on port {port}; name another one with --port")), "{ended}");
    ended.leaves_nothing();
}

#[test]
fn a_folder_of_data_that_is_not_there_or_not_right_is_named() {
    let data = small_data();
    let missing = data.path().join("missing");
    let ended = Demo::start(&["--data", path(&missing)], None).end();
    assert_eq!(ended.code, Some(1), "{ended}");
    assert!(ended.output.contains(&format!("there is no folder {}; name one with --data", missing.display())), "{ended}");
    ended.leaves_nothing();

    fs::remove_file(data.path().join("orders.csv")).unwrap();
    let ended = Demo::start(&["--until-ready", "--data", path(data.path())], None).end();
    assert_eq!(ended.code, Some(1), "{ended}");
    assert!(ended.output.contains("error: cannot load the data of acme") && ended.output.contains("orders.csv: "), "{ended}");
    ended.leaves_nothing();
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A line that the demo prints, as a request. It is sent without curl, which a machine need not have.
struct Curl {
    host: String,
    target: String,
    headers: Vec<String>,
    body: Option<String>,
}

impl Curl {
    fn parse(line: &str) -> Self {
        let mut words = words(line).into_iter();
        let (mut headers, mut body, mut url) = (Vec::new(), None, None);
        while let Some(word) = words.next() {
            match word.as_str() {
                "curl" | "-s" => {}
                "-H" => headers.push(words.next().unwrap()),
                "-d" => body = words.next(),
                _ => url = Some(word),
            }
        }
        let url = url.unwrap();
        let (host, target) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        Self { host: host.to_owned(), target: format!("/{target}"), headers, body }
    }

    /// Sends all but the body.
    fn open(&self, more: &str) -> TcpStream {
        // As curl does: a name below `localhost` is this machine.
        let (name, port) = self.host.rsplit_once(':').unwrap();
        assert!(name == "127.0.0.1" || name.ends_with(".localhost"), "{name}");
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port.parse().unwrap())).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let method = if self.body.is_some() { "POST" } else { "GET" };
        let length = self.body.as_deref().unwrap_or_default().len();
        let headers: String = self.headers.iter().map(|header| format!("{header}\r\n")).collect();
        let head = format!(
            "{method} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}{more}\r\n",
            self.target, self.host
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    }

    fn send(&self) -> (u16, Value) {
        let mut stream = self.open("");
        stream.write_all(self.body.as_deref().unwrap_or_default().as_bytes()).unwrap();
        answer(&mut stream)
    }
}

/// The words of a shell command, whose quotes are single ones.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let split = |(index, part): (usize, &str)| -> Vec<String> {
        if index % 2 == 1 { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() }
    };
    parts.flat_map(split).collect()
}

fn answer(stream: &mut TcpStream) -> (u16, Value) {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}
