//! Right input: it compiles as it stands, and each file says what comes of it.

mod every_option;
mod every_type;
mod manifest;
mod names;
mod references;
mod row;
mod secrets;
mod shared;
mod sql;
mod ways;
