//! The ways into the database, each with a pool of one connection: whatever happens to a transaction, the next one starts clean.

mod changes;
mod compiled;
mod directory;
mod example;
mod faults;
mod handwritten;
mod hostile;
mod log;
mod pooler;
mod predicates;
mod repository;
mod retry;
mod savepoints;
mod spans;
