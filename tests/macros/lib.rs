//! What a person sees of the macros and of the ways into the database: the tests are `main.rs`.
