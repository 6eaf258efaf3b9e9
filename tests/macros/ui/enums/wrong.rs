use tenantry::ModelEnum;

#[derive(Clone, Copy, Debug, ModelEnum)]
pub enum Twice {
    OnHold,
    #[model(rename = "on_hold")]
    Held,
}

#[derive(Clone, Copy, Debug, ModelEnum)]
pub enum Words {
    #[model(rename = "")]
    Empty,
    #[model(rename = "two words")]
    Space,
    #[model(rename = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl")]
    Long,
    #[model(renam = "x")]
    Misspelt,
    #[model(rename)]
    Half,
    Ä,
}

#[derive(Clone, Copy, Debug, ModelEnum)]
pub enum Data {
    A(i32),
    B { x: i32 },
    C = 3,
}

#[derive(Clone, Copy, Debug, ModelEnum)]
pub enum Nothing {}

#[derive(Clone, Copy, Debug, ModelEnum)]
#[model(rename = "x")]
pub struct Struct;

#[derive(Clone, Copy, Debug, ModelEnum)]
pub enum Generic<T> {
    A,
}

fn uses() -> Option<Twice> {
    Twice::from_word("on_hold")
}

fn main() {
    let _ = uses;
}
