//! The ways into the database, each with a pool of one connection: whatever happens to a transaction, the next one starts clean.

mod example;
mod faults;
mod handwritten;
mod hostile;
mod repository;
mod savepoints;
mod spans;
