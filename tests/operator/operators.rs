//! Who operates, and where: what is refused before anything is served.

use tenantry::operator::{Listen, ListenError, Operators, OperatorsError};

const ONE: &str = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";
const TWO: &str = "6cf615d5bcaac778352a8f1f3360d23f02f34ec182e259897fd6ce485d7870d4";

#[test]
fn a_name_and_a_token_are_one_operators() {
    for twice in [format!("ada:{ONE},ada:{TWO}"), format!("ada:{ONE},bob:{ONE}")] {
        assert_eq!(twice.parse::<Operators>().unwrap_err(), OperatorsError::Twice(2));
    }
    assert_eq!("".parse::<Operators>().unwrap_err(), OperatorsError::Nobody);
    let operators: Operators = format!("ada:{ONE},bob:{TWO}").parse().unwrap();
    assert_eq!(format!("{operators:?}"), r#"Operators(["ada", "bob"])"#, "no hash is shown");
}

#[tokio::test]
async fn it_listens_where_nobody_else_is_unless_that_is_said() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8081"] {
        let address = address.parse().unwrap();
        assert_eq!(Listen::new(address), Err(ListenError::Reachable(address)));
        assert_eq!(Listen::exposed(address).address(), address);
    }
    let listener = Listen::new("127.0.0.1:0".parse().unwrap()).unwrap().bind().await.unwrap();
    assert!(listener.local_addr().unwrap().ip().is_loopback());
}
