//! The ways into the database, each with a pool of one connection: whatever happens to a transaction, the next one starts clean.

mod example;
mod faults;
mod handwritten;
mod hostile;
mod pooler;
mod repository;
mod retry;
mod savepoints;
mod spans;
